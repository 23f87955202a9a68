using System.Text;
using System.Text.RegularExpressions;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

/// <summary>A bit that changes anywhere in a store is noticed by whoever reads what it changes, and the error's advice mends the store.</summary>
public sealed class DamageTests : IDisposable
{
    private const int FlipsAShard = 40, FlipsOfManifestAndItems = 160, Cuts = 147;

    private readonly TemporaryFolder _folder = new();

    public DamageTests() => SampleStore.Write(_folder.Path, SampleStore.Items());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_flipped_bit_of_any_file_goes_unnoticed()
    {
        var random = new Random(20261127);
        string[] files = Directory.GetFiles(_folder.Path);
        Assert.Equal(12, files.Length);
        int flips = 0;
        foreach (string path in files)
        {
            byte[] whole = File.ReadAllBytes(path);
            int wanted = StoreLayout.IsShard(Path.GetFileName(path)) ? FlipsAShard : FlipsOfManifestAndItems;
            for (int flip = 0; flip < wanted; flip++, flips++)
            {
                int position = random.Next(whole.Length);
                byte[] damaged = [.. whole];
                damaged[position] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, damaged);
                var error = Record.Exception(ReadEverything);
                Assert.True(error is UserErrorException && error.Message.Contains(path, StringComparison.Ordinal), $"byte {position} of {Path.GetFileName(path)}: {error?.ToString() ?? "not noticed"}");
            }
            File.WriteAllBytes(path, whole);
        }
        ReadEverything();
        Assert.Equal(720, flips);
    }

    [Fact]
    public void No_file_that_is_cut_off_goes_unnoticed()
    {
        var random = new Random(20261130);
        string[] files = [_folder[StoreLayout.ManifestFile], _folder[StoreLayout.ItemTableFile], _folder[StoreLayout.Shard(SampleStore.Text, 0)], _folder[StoreLayout.Shard(SampleStore.Image, 4)]];
        foreach (string path in files)
        {
            byte[] whole = File.ReadAllBytes(path);
            foreach (int length in Enumerable.Range(0, 16).Concat(Enumerable.Range(0, Cuts - 17).Select(_ => random.Next(whole.Length))).Append(whole.Length - 1))
            {
                File.WriteAllBytes(path, whole[..length]);
                var error = Record.Exception(ReadEverything);
                Assert.True(error is UserErrorException && error.Message.Contains(path, StringComparison.Ordinal), $"{Path.GetFileName(path)} of {length} bytes: {error?.ToString() ?? "not noticed"}");
            }
            File.WriteAllBytes(path, whole);
        }
        ReadEverything();
    }

    [Fact]
    public void A_damaged_shard_names_file_modality_and_items_and_the_advice_makes_it_again_alone()
    {
        var whole = FolderContent.Of(_folder.Path);
        string path = _folder[StoreLayout.Shard(SampleStore.Text, 2)];
        Flip(path, ^7);
        using (var store = FeatureStore.Open(_folder.Path))
        {
            var text = store.Modality("text");
            float[] vector = new float[text.Width];
            text.ReadRow(7, vector);
            Assert.Equal(SampleStore.Value(SampleStore.Text, 7, 0) * (SampleStore.IsPresent(SampleStore.Text, 7) ? 1 : 0), vector[0]);
            foreach (var read in new Action[] { () => text.ReadRow(8, vector), () => text.IsPresent(9), () => text.Gather([0, 11], new float[2 * 5]), () => text.ReadRange(0, 18, new float[18 * 5]) })
            {
                string message = Assert.Throws<UserErrorException>(read).Message;
                Assert.StartsWith($"'{path}', which holds modality 'text' of the items in rows 8 to 11, is damaged: block 0 has the checksum ", message, StringComparison.Ordinal);
                Assert.Contains("delete that file and run the command that made the store again, which makes it alone again", message, StringComparison.Ordinal);
            }
        }

        File.Delete(path);
        Assert.Equal([new ShardRange(2, 8, 4)], Again());
        Assert.Equal(whole, FolderContent.Of(_folder.Path));
    }

    [Fact]
    public void In_a_large_shard_the_rows_of_the_block_are_named_and_the_others_are_read()
    {
        using var large = new TemporaryFolder();
        var wide = new ModalitySpecification("text", 100_000, FeatureType.Float32, "wide", "a");
        using (var writer = FeatureStoreWriter.Open(large.Path, SampleStore.Items(20, 0), new FeatureStoreOptions { ShardRows = 20, Storage = FaultyStorage.Sound }))
            SampleStore.Fill(writer.StartModality(wide));
        string path = large[StoreLayout.Shard(wide, 0)];
        using (var file = File.OpenWrite(path))
        {
            file.Position = 5 * StoreLayout.BlockBytes + 5;
            file.WriteByte(255);
        }
        using var store = FeatureStore.Open(large.Path);
        var text = store.Modality("text");
        float[] vector = new float[text.Width];
        text.ReadRow(11, vector);
        text.ReadRow(16, vector);
        Assert.Equal(SampleStore.Value(wide, 16, 99), vector[99]);
        // Block 5 begins in row 13 and ends in row 15.
        foreach (int row in new[] { 13, 14, 15 })
            Assert.Contains("in rows 13 to 15, is damaged: block 5 has", Assert.Throws<UserErrorException>(() => text.ReadRow(row, vector)).Message, StringComparison.Ordinal);
        Assert.Throws<UserErrorException>(() => text.ReadRange(0, 20, new float[20 * text.Width]));
    }

    [Fact]
    public void A_file_that_is_cut_off_while_it_is_mapped_is_one_sentence_where_its_rows_were_not_read_yet()
    {
        using var large = new TemporaryFolder();
        var wide = new ModalitySpecification("text", 100_000, FeatureType.Float32, "wide", "a");
        using (var writer = FeatureStoreWriter.Open(large.Path, SampleStore.Items(20, 0), new FeatureStoreOptions { ShardRows = 20, Storage = FaultyStorage.Sound }))
            SampleStore.Fill(writer.StartModality(wide));
        string path = large[StoreLayout.Shard(wide, 0)];
        using var store = FeatureStore.Open(large.Path);
        var text = store.Modality("text");
        float[] vector = new float[text.Width];
        text.ReadRow(0, vector);
        long before = new FileInfo(path).Length;
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(before / 2);

        string message = Assert.Throws<UserErrorException>(() => text.ReadRow(19, vector)).Message;

        Assert.Contains($"'{path}' was cut off while it was read: it has {before / 2} bytes now and had {before}", message, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Throws<UserErrorException>(() => text.ReadRange(0, 20, new float[20 * text.Width])).Message);
        text.ReadRow(0, vector);
        Assert.Equal(SampleStore.Value(wide, 0, 99), vector[99]);
    }

    [Fact]
    public void A_checkpoint_that_is_cut_off_while_it_is_mapped_is_one_sentence()
    {
        string path = _folder["weights.safetensors"];
        using (var output = File.Create(path))
        {
            SafeTensorsChecksum.Write(output, new Dictionary<string, string>(), writer =>
            {
                writer.Declare("w", SafeTensorType.F32, [1 << 20]);
                writer.Write(new byte[4 << 20]);
            });
        }

        using var file = SafeTensorsFile.Open(path);
        Assert.True(file.CheckWhole());
        using (var cut = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            cut.SetLength(1 << 20);
        Assert.Contains("was cut off while it was read", Assert.Throws<UserErrorException>(() => file.CheckWhole()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_item_table_is_written_again_by_the_same_command()
    {
        var whole = FolderContent.Of(_folder.Path);
        string path = _folder[StoreLayout.ItemTableFile];
        Flip(path, ^1);
        using (var store = FeatureStore.Open(_folder.Path))
        {
            string message = Assert.Throws<UserErrorException>(() => store.FindRow("film", "f1")).Message;
            Assert.StartsWith($"'{path}', which holds the ids of the items in rows 0 to 17, is damaged: block 0 has the checksum ", message, StringComparison.Ordinal);
        }
        Assert.Empty(Again());
        Assert.Equal(whole, FolderContent.Of(_folder.Path));

        File.Delete(path);
        Assert.Empty(Again());
        Assert.Equal(whole, FolderContent.Of(_folder.Path));
    }

    [Fact]
    public void A_damaged_manifest_is_made_again_when_it_is_deleted()
    {
        var whole = FolderContent.Of(_folder.Path);
        string path = _folder[StoreLayout.ManifestFile];
        // A letter of the catalogue's name, which nothing but the checksum can tell.
        string text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("\"sample\"", "\"simple\"", StringComparison.Ordinal));
        string message = Assert.Throws<UserErrorException>(() => FeatureStore.Open(_folder.Path)).Message;
        Assert.Matches($"the manifest '{Regex.Escape(path)}' is damaged \\(its checksum is [0-9a-f]{{8}} and it says [0-9a-f]{{8}}\\)", message);
        Assert.Contains("delete that file and run the command that made the store again, which makes all of it again", message, StringComparison.Ordinal);

        File.Delete(path);
        SampleStore.Write(_folder.Path, SampleStore.Items());
        Assert.Equal(whole, FolderContent.Of(_folder.Path));
    }

    [Fact]
    public void Stores_of_version_1_are_read_and_go_on()
    {
        var whole = FolderContent.Of(_folder.Path);
        string path = _folder[StoreLayout.ManifestFile];
        string text = Regex.Replace(File.ReadAllText(path), "\n  \"checksum\": \"[0-9a-f]{8}\",", "").Replace("\"version\": 3", "\"version\": 1", StringComparison.Ordinal);
        text = Regex.Replace(text, ",\n    \"crc32c\": \"[0-9a-f]*\"\n  \\}", "\n  }", RegexOptions.None);
        Assert.Single(Regex.Matches(text, "crc32c").DistinctBy(m => text[m.Index - 20]));
        File.WriteAllText(path, text);
        ReadEverything();

        string items = _folder[StoreLayout.ItemTableFile];
        Flip(items, ^1);
        using (var store = FeatureStore.Open(_folder.Path))
            Assert.Contains("it has the hash ", Assert.Throws<UserErrorException>(() => store.GetItemId(0)).Message, StringComparison.Ordinal);

        File.Delete(_folder[StoreLayout.Shard(SampleStore.Text, 0)]);
        Assert.Single(Again());
        Assert.Equal(whole, FolderContent.Of(_folder.Path));
    }

    [Theory]
    [InlineData("offsets", "its offset 3 is 99999 after 4, of 37 bytes of ids")]
    [InlineData("offsets backwards", "its offset 3 is 1 after 4, of 37 bytes of ids")]
    [InlineData("slots", "its index holds row 98 of 18")]
    [InlineData("slots full", "its index holds 64 of 18 rows")]
    [InlineData("ids", "its ids are not UTF-8")]
    public void An_item_table_that_was_forged_with_its_checksums_is_refused_and_never_searched_without_end(string what, string message)
    {
        string path = _folder[StoreLayout.ItemTableFile];
        byte[] bytes = File.ReadAllBytes(path);
        int payload = 8 + (int)BitConverter.ToUInt64(bytes), slots = payload + 19 * 8, ids = slots + 64 * 4;
        switch (what)
        {
            case "offsets": BitConverter.TryWriteBytes(bytes.AsSpan(payload + 3 * 8), 99999L); break;
            case "offsets backwards": BitConverter.TryWriteBytes(bytes.AsSpan(payload + 3 * 8), 1L); break;
            case "slots": BitConverter.TryWriteBytes(bytes.AsSpan(slots + 4 * 4), 99); break;
            case "slots full":
                for (int slot = 0; slot < 64; slot++)
                    BitConverter.TryWriteBytes(bytes.AsSpan(slots + 4 * slot), 18);
                break;
            default: bytes[ids] = 0xFF; break;
        }
        File.WriteAllBytes(path, bytes);
        var checksums = new BlockChecksums(StoreLayout.BlockBytes);
        checksums.Append(bytes);
        ChangeManifest("\"crc32c\": \"[0-9a-f]{8}\"\n  }", $"\"crc32c\": \"{checksums.Finish()}\"\n  }}");

        using var store = FeatureStore.Open(_folder.Path);
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => store.FindRow("film", "nothing")).Message, StringComparison.Ordinal);
    }

    private void ChangeManifest(string pattern, string replacement)
    {
        string path = _folder[StoreLayout.ManifestFile];
        string text = Regex.Replace(File.ReadAllText(path), "\"checksum\": \"[0-9a-f]{8}\"", "\"checksum\": \"00000000\"");
        Assert.Matches(pattern, text);
        byte[] changed = Encoding.UTF8.GetBytes(Regex.Replace(text, pattern, replacement));
        ManifestChecksum.Enter(changed);
        File.WriteAllBytes(path, changed);
    }

    // What a trainer loads: every id both ways, every row and flag of every modality.
    private void ReadEverything()
    {
        using var store = FeatureStore.Open(_folder.Path);
        for (int row = 0; row < store.ItemCount; row++)
        {
            var domain = store.Domains.Last(d => d.FirstRow <= row);
            Assert.Equal(row, store.FindRow(domain.Name, store.GetItemId(row)));
        }
        SampleStore.AssertRows(store, SampleStore.Text);
        SampleStore.AssertRows(store, SampleStore.Image);
    }

    private List<ShardRange> Again()
    {
        using var writer = FeatureStoreWriter.Open(_folder.Path, SampleStore.Items(), new FeatureStoreOptions { ShardRows = SampleStore.ShardRows });
        var made = new List<ShardRange>();
        foreach (var modality in new[] { SampleStore.Text, SampleStore.Image })
        {
            var pending = writer.StartModality(modality);
            made.AddRange(pending.Pending);
            SampleStore.Fill(pending);
        }
        return made;
    }

    private static void Flip(string path, Index position)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[position] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
