using System.Text;
using System.Text.RegularExpressions;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

public sealed class StoreOpeningTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public StoreOpeningTests() => SampleStore.Write(folder.Path, SampleStore.Items());

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_missing_folder() => AssertRefused("does not exist; expected a folder that `unim2rec-extract run --out` made", folder["none"]);

    [Fact]
    public void A_folder_without_a_manifest()
    {
        File.Delete(folder[StoreLayout.ManifestFile]);
        AssertRefused("has no store.json");
    }

    [Fact]
    public void A_newer_format_names_both_versions()
    {
        ChangeManifest("\"oldestReader\": 1", "\"oldestReader\": 7");
        AssertRefused("needs a reader of version 7 or later and this one is version 3");
    }

    [Fact]
    public void The_version_is_looked_at_before_anything_else()
    {
        File.WriteAllText(folder[StoreLayout.ManifestFile], """{"format": "unim2rec-store", "oldestReader": 4, "rows": "many"}""");
        AssertRefused("needs a reader of version 4");
    }

    [Fact]
    public void Another_json_file()
    {
        File.WriteAllText(folder[StoreLayout.ManifestFile], "{}");
        AssertRefused("not the manifest of a feature store; expected the format 'unim2rec-store'");
    }

    [Fact]
    public void A_manifest_that_was_cut_off()
    {
        string path = folder[StoreLayout.ManifestFile];
        File.WriteAllText(path, File.ReadAllText(path)[..300]);
        AssertRefused("is damaged");
    }

    [Theory]
    [InlineData("\"rows\": 18", "\"rows\": 19", "the domains have 18 rows and the store 19")]
    [InlineData("\"width\": 5", "\"width\": 0", "modality 'text' has width 0")]
    [InlineData("\"firstRow\": 11", "\"firstRow\": 12", "domain 'book' begins at row 12 instead of 11")]
    [InlineData("\"items.safetensors\"", "\"../items.safetensors\"", "the item table's name is '../items.safetensors'")]
    [InlineData("\"shardRows\": 4", "\"shardRows\": 8", "which is no whole shard")]
    public void A_manifest_that_contradicts_itself(string found, string replacement, string message)
    {
        ChangeManifest(found, replacement);
        AssertRefused(message);
    }

    [Fact]
    public void A_shard_that_was_cut_off_names_both_lengths()
    {
        string path = folder[StoreLayout.Shard(SampleStore.Text, 1)];
        long length = new FileInfo(path).Length;
        using (var file = File.OpenWrite(path))
            file.SetLength(length - 1);
        AssertRefused($"is {length - 1} bytes long and the manifest says {length}");
    }

    [Fact]
    public void A_shard_that_is_gone()
    {
        File.Delete(folder[StoreLayout.Shard(SampleStore.Text, 1)]);
        AssertRefused("does not exist and the manifest names it");
    }

    [Fact]
    public void A_shard_of_another_encoder_in_the_place_of_this_one_is_refused_with_both_fingerprints()
    {
        using var other = new TemporaryFolder();
        var changed = SampleStore.Text with { EncoderFingerprint = "zzzz" };
        SampleStore.Write(other.Path, SampleStore.Items(), modalities: changed);
        File.Copy(other[StoreLayout.Shard(changed, 1)], folder[StoreLayout.Shard(SampleStore.Text, 1)], overwrite: true);
        using var store = FeatureStore.Open(folder.Path);
        string message = Assert.Throws<UserErrorException>(() => store.Modality("text")).Message;
        Assert.Contains("encoder fingerprint 'zzzz' and the manifest says 'aaaa'", message);
        SampleStore.AssertRows(store, SampleStore.Image);
    }

    [Fact]
    public void Shards_that_changed_places_are_refused()
    {
        string second = folder[StoreLayout.Shard(SampleStore.Text, 1)], third = folder[StoreLayout.Shard(SampleStore.Text, 2)];
        File.Move(second, folder["x"]);
        File.Move(third, second);
        File.Move(folder["x"], third);
        using var store = FeatureStore.Open(folder.Path);
        string message = Assert.Throws<UserErrorException>(() => store.Modality("text")).Message;
        Assert.Contains("first row '", message);
    }

    [Fact]
    public void An_unfinished_modality_says_how_far_it_is()
    {
        using (var writer = FeatureStoreWriter.Open(
            folder.Path, SampleStore.Items(), new FeatureStoreOptions { ShardRows = SampleStore.ShardRows }))
        {
            SampleStore.Fill(writer.StartModality(new ModalitySpecification("cross", 2, FeatureType.Float32, "both", "dddd")), shards: 2);
        }
        using var store = FeatureStore.Open(folder.Path);
        Assert.DoesNotContain("cross", store.ModalityNames);
        Assert.Contains("has 2 of 5 shards", Assert.Throws<UserErrorException>(() => store.Modality("cross")).Message);
    }

    [Fact]
    public void Verify_names_the_damaged_block()
    {
        string path = folder[StoreLayout.Shard(SampleStore.Text, 2)];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        var report = FeatureStoreVerifier.Verify(folder.Path, Progress.None, CancellationToken.None);
        string problem = Assert.Single(report.Problems);
        Assert.StartsWith($"block 0 of '{path}' has the checksum ", problem);
        Assert.Equal(11, report.Files);
    }

    [Fact]
    public void Verify_names_the_block_inside_a_large_shard()
    {
        using var large = new TemporaryFolder();
        var modality = new ModalitySpecification("text", 300_000, FeatureType.Float32, "wide", "a");
        SampleStore.Write(large.Path, SampleStore.Items(4, 0), modalities: modality);
        string path = large[StoreLayout.Shard(modality, 0)];
        using (var file = File.OpenWrite(path))
        {
            file.Position = 3 * StoreLayout.BlockBytes + 5;
            file.WriteByte(255);
        }
        string problem = Assert.Single(FeatureStoreVerifier.Verify(large.Path, Progress.None, CancellationToken.None).Problems);
        Assert.StartsWith($"block 3 of '{path}'", problem);
    }

    [Fact]
    public void Verify_finds_a_changed_item_table()
    {
        string path = folder[StoreLayout.ItemTableFile];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("has the hash", Assert.Single(FeatureStoreVerifier.Verify(folder.Path, Progress.None, CancellationToken.None).Problems));
    }

    private void ChangeManifest(string found, string replacement)
    {
        string path = folder[StoreLayout.ManifestFile];
        string text = File.ReadAllText(path);
        Assert.Contains(found, text);
        // With a checksum that is right, as whoever means harm would write it.
        byte[] changed = Encoding.UTF8.GetBytes(Regex.Replace(text.Replace(found, replacement), "\"checksum\": \"[0-9a-f]{8}\"", "\"checksum\": \"00000000\""));
        ManifestChecksum.Enter(changed);
        File.WriteAllBytes(path, changed);
    }

    private void AssertRefused(string message, string? path = null) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => FeatureStore.Open(path ?? folder.Path)).Message);
}
