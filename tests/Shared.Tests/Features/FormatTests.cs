using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

/// <summary>docs/FORMAT.md against the bytes, read here without the library.</summary>
public sealed class FormatTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly JsonElement manifest;

    public FormatTests()
    {
        SampleStore.Write(folder.Path, SampleStore.Items());
        manifest = JsonDocument.Parse(File.ReadAllText(folder["store.json"])).RootElement;
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_manifest_has_the_keys_of_the_tables_and_no_others()
    {
        Assert.Equal(
            ["format", "version", "oldestReader", "checksum", "dataset", "rows", "shardRows", "blockBytes", "domains", "itemTable", "modalities"],
            Keys(manifest));
        Assert.Equal(["name", "width", "type", "encoder", "present", "shards"], Keys(manifest.GetProperty("modalities")[0]));
        Assert.Equal(["file", "firstRow", "rows", "present", "bytes", "crc32c", "noted"], Keys(manifest.GetProperty("modalities")[0].GetProperty("shards")[0]));
        Assert.Equal(["file", "bytes", "sha256", "crc32c"], Keys(manifest.GetProperty("itemTable")));
        Assert.Equal(("unim2rec-store", 3), (manifest.GetProperty("format").GetString(), manifest.GetProperty("version").GetInt32()));
    }

    [Fact]
    public void A_shards_name_follows_from_modality_width_type_and_fingerprint()
    {
        string tag = Convert.ToHexStringLower(SHA256.HashData("text\n5\nF16\naaaa\n"u8))[..12];
        Assert.Equal($"text-{tag}-00003.safetensors", manifest.GetProperty("modalities")[1].GetProperty("shards")[3].GetProperty("file").GetString());
    }

    [Fact]
    public void A_shard_holds_rows_from_a_multiple_of_64_and_flags_after_them()
    {
        byte[] bytes = File.ReadAllBytes(folder[manifest.GetProperty("modalities")[1].GetProperty("shards")[1].GetProperty("file").GetString()!]);
        var (header, payload) = Split(bytes);
        Assert.Equal(0, payload % 64);
        Assert.Equal("F16 4,5 0,40", Describe(header.GetProperty("embeddings")));
        Assert.Equal("U8 4 40,44", Describe(header.GetProperty("present")));
        Assert.Equal(
            "dataset_fingerprint=catalogue-1 encoder_fingerprint=aaaa first_row=4 format=unim2rec-features modality=text version=1",
            string.Join(' ', header.GetProperty("__metadata__").EnumerateObject().Select(entry => $"{entry.Name}={entry.Value.GetString()}")));
        // Row 5 is the second of the shard, its third number 5 * 3 / 4.
        Assert.Equal((Half)3.75f, BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(payload + (1 * 5 + 2) * 2)));
        Assert.Equal([1, 1, 1, 0], bytes[(payload + 40)..]);
    }

    [Fact]
    public void The_item_table_holds_offsets_slots_and_ids()
    {
        byte[] bytes = File.ReadAllBytes(folder["items.safetensors"]);
        Assert.Equal(manifest.GetProperty("itemTable").GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        var (header, payload) = Split(bytes);
        Assert.Equal("I64 19 0,152", Describe(header.GetProperty("offsets")));
        Assert.Equal("I32 64 152,408", Describe(header.GetProperty("slots")));
        Assert.Equal("""[{"name":"film","firstRow":0,"count":11},{"name":"book","firstRow":11,"count":7}]""",
            header.GetProperty("__metadata__").GetProperty("domains").GetString());
        ReadOnlySpan<byte> ids = bytes.AsSpan(payload + 408);
        long Offset(int row) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(payload + 8 * row));
        Assert.Equal("b2", Encoding.UTF8.GetString(ids[(int)Offset(13)..(int)Offset(14)]));

        // Look book/b2 up by hand.
        ulong hash = 14695981039346656037;
        foreach (byte value in "book\0b2"u8)
            hash = unchecked((hash ^ value) * 1099511628211);
        int slot = (int)((hash ^ (hash >> 32)) % 64);
        int found;
        while ((found = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(payload + 152 + 4 * slot))) != 14)
        {
            Assert.NotEqual(0, found);
            slot = (slot + 1) % 64;
        }
    }

    [Fact]
    public void Every_key_of_the_manifest_is_in_the_document()
    {
        string document = File.ReadAllText(FindUp("docs/FORMAT.md"));
        foreach (string key in Keys(manifest).Concat(Keys(manifest.GetProperty("modalities")[0])).Concat(["unfinished", "partition", "basis", "rowIndex", "abandoned", "shards[].content", "shards[].noted", "shards[].dataset"]))
            Assert.True(document.Contains($"`{key}"), key);
    }

    private static string FindUp(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, path)))
                return Path.Combine(folder.FullName, path);
        }
        throw new FileNotFoundException(path);
    }

    private static (JsonElement Header, int Payload) Split(byte[] bytes)
    {
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return (JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement, 8 + length);
    }

    private static string Describe(JsonElement tensor) =>
        $"{tensor.GetProperty("dtype").GetString()} {Numbers(tensor.GetProperty("shape"))} {Numbers(tensor.GetProperty("data_offsets"))}";

    private static string Numbers(JsonElement list) => string.Join(',', list.EnumerateArray().Select(value => value.GetInt64()));

    private static string[] Keys(JsonElement json) => [.. json.EnumerateObject().Select(entry => entry.Name)];
}
