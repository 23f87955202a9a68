using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

public sealed class PartitionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Merged_parts_equal_an_undivided_run_byte_by_byte(int count)
    {
        SampleStore.Write(folder["whole"], SampleStore.Items());
        string[] parts = [.. Enumerable.Range(1, count).Select(index => WritePart(index, count))];
        FeatureStoreMerger.Merge([.. parts.Reverse()], folder["merged"], Progress.None, CancellationToken.None);
        Assert.Equal(FolderContent.Of(folder["whole"]), FolderContent.Of(folder["merged"]));
    }

    [Fact]
    public void Encoders_that_were_made_for_the_parts_come_along()
    {
        string[] parts = [WritePart(1, 2), WritePart(2, 2)];
        foreach (string part in parts)
        {
            Directory.CreateDirectory(Path.Combine(part, "encoders", "text-svd"));
            File.WriteAllBytes(Path.Combine(part, "encoders", "text-svd", "model.onnx"), [1, 2, 3]);
        }

        FeatureStoreMerger.Merge(parts, folder["merged"], Progress.None, CancellationToken.None);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["merged/encoders/text-svd/model.onnx"]));
        using var store = FeatureStore.Open(folder["merged"]);
        Assert.Equal(18, store.ItemCount);
    }

    [Fact]
    public void Parts_cover_every_row_once()
    {
        var rows = new List<int>();
        for (int index = 1; index <= 3; index++)
        {
            var options = new FeatureStoreOptions { ShardRows = SampleStore.ShardRows, Partition = new StorePartition(index, 3) };
            using var writer = FeatureStoreWriter.Open(folder[$"p{index}"], SampleStore.Items(), options);
            foreach (var range in writer.StartModality(SampleStore.Text).Pending)
                rows.AddRange(Enumerable.Range(range.FirstRow, range.Rows));
        }
        Assert.Equal(Enumerable.Range(0, 18), rows);
    }

    [Fact]
    public void A_part_is_refused_where_a_whole_store_is_expected()
    {
        string part = WritePart(1, 2);
        Assert.Contains("is part 1/2 of a run", Assert.Throws<UserErrorException>(() => FeatureStore.Open(part)).Message);
    }

    [Fact]
    public void A_missing_part_is_named() =>
        AssertRefused("the parts 2/3, 3/3 are missing", WritePart(1, 3));

    [Fact]
    public void A_part_named_twice() => AssertRefused("part 1/2 is there twice", WritePart(1, 2), folder["p1"]);

    [Fact]
    public void A_whole_store_among_parts()
    {
        SampleStore.Write(folder["whole"], SampleStore.Items());
        AssertRefused("is no part of a run", folder["whole"], WritePart(1, 2));
    }

    [Fact]
    public void Parts_of_different_encoders_are_refused_with_both_fingerprints()
    {
        SampleStore.Write(folder["p2"], SampleStore.Items(), new StorePartition(2, 2), null,
            SampleStore.Text with { EncoderFingerprint = "cccc" }, SampleStore.Image);
        AssertRefused("has the encoder fingerprint of 'text' 'cccc' and part", WritePart(1, 2), folder["p2"]);
    }

    [Fact]
    public void Parts_of_different_catalogues_are_refused()
    {
        SampleStore.Write(folder["p2"], SampleStore.Items(fingerprint: "catalogue-2"), new StorePartition(2, 2));
        AssertRefused("catalogue fingerprint 'catalogue-2'", WritePart(1, 2), folder["p2"]);
    }

    [Fact]
    public void An_unfinished_part_says_how_far_it_is()
    {
        var options = new FeatureStoreOptions { ShardRows = SampleStore.ShardRows, Partition = new StorePartition(2, 2) };
        using (var writer = FeatureStoreWriter.Open(folder["p2"], SampleStore.Items(), options))
        {
            SampleStore.Fill(writer.StartModality(SampleStore.Image));
            SampleStore.Fill(writer.StartModality(SampleStore.Text), shards: 1);
        }
        AssertRefused("has 1 of its 3 shards of modality 'text'", WritePart(1, 2), folder["p2"]);
    }

    [Fact]
    public void A_damaged_part_is_not_merged()
    {
        string[] parts = [WritePart(1, 2), WritePart(2, 2)];
        string path = Path.Combine(parts[0], StoreLayout.Shard(SampleStore.Text, 0));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        AssertRefused($"'{path}', which holds modality 'text' of the items in rows 0 to 3, is damaged: block 0 has the checksum", parts);
        Assert.False(File.Exists(Path.Combine(folder["merged"], StoreLayout.ManifestFile)));
    }

    [Fact]
    public void A_merge_that_was_killed_is_made_again()
    {
        SampleStore.Write(folder["whole"], SampleStore.Items());
        string[] parts = [WritePart(1, 2), WritePart(2, 2)];
        Assert.Throws<FaultyStorage.Killed>(() =>
            FeatureStoreMerger.Merge(parts, folder["merged"], Progress.None, CancellationToken.None, new FaultyStorage(30, isKill: true)));
        FeatureStoreMerger.Merge(parts, folder["merged"], Progress.None, CancellationToken.None);
        Assert.Equal(FolderContent.Of(folder["whole"]), FolderContent.Of(folder["merged"]));
    }

    [Fact]
    public void A_merge_does_not_overwrite_a_store()
    {
        SampleStore.Write(folder["merged"], SampleStore.Items());
        AssertRefused("holds a feature store already", WritePart(1, 1));
    }

    [Theory]
    [InlineData("2/8", 2, 8)]
    [InlineData("1/1", 1, 1)]
    public void A_partition_is_read_from_its_text(string text, int index, int count) =>
        Assert.Equal(new StorePartition(index, count), StorePartition.Parse(text));

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("1")]
    [InlineData("a/b")]
    [InlineData("-1/2")]
    public void A_text_that_is_no_partition_is_refused(string text) =>
        Assert.Contains($"'{text}' is no share of a run; expected i/n", Assert.Throws<UserErrorException>(() => StorePartition.Parse(text)).Message);

    private string WritePart(int index, int count)
    {
        SampleStore.Write(folder[$"p{index}"], SampleStore.Items(), new StorePartition(index, count));
        return folder[$"p{index}"];
    }

    private void AssertRefused(string message, params string[] parts) => Assert.Contains(message, Assert.Throws<UserErrorException>(() =>
        FeatureStoreMerger.Merge(parts, folder["merged"], Progress.None, CancellationToken.None)).Message);
}
