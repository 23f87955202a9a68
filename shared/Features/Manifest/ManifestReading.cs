using System.Text.Json;

namespace UniM2Rec.Features.Manifest;

/// <summary>
/// Reads the manifest's JSON by hand. A general deserialiser compiles itself for every type at first use, which took most of the time of
/// opening a store in a fresh process.
/// </summary>
internal static class ManifestReading
{
    /// <summary>The manifest; keys that are not known are passed over.</summary>
    /// <exception cref="JsonException">a key is missing or of another type</exception>
    public static StoreManifest Read(JsonElement root) => new()
    {
        Format = Text(root, "format"),
        Version = Number(root, "version"),
        OldestReader = Number(root, "oldestReader"),
        Dataset = new ManifestDataset(Text(Key(root, "dataset"), "name"), Text(Key(root, "dataset"), "fingerprint")),
        Rows = Number(root, "rows"),
        ShardRows = Number(root, "shardRows"),
        BlockBytes = Number(root, "blockBytes"),
        Domains = List(Key(root, "domains"), domain => new DomainRange(Text(domain, "name"), Number(domain, "firstRow"), Number(domain, "count"))),
        ItemTable = ItemTable(Key(root, "itemTable")),
        Partition = Optional(root, "partition") is { } part ? new StorePartition(Number(part, "index"), Number(part, "count")) : null,
        Modalities = List(Key(root, "modalities"), Modality),
        Unfinished = Optional(root, "unfinished") is { } unfinished ? List(unfinished, Modality) : null,
    };

    private static ManifestItemTable ItemTable(JsonElement table) => new(Text(table, "file"), Long(table, "bytes"), Text(table, "sha256"));

    private static ManifestModality Modality(JsonElement modality) => new(
        Text(modality, "name"), Number(modality, "width"), Text(modality, "type"),
        new ManifestEncoder(Text(Key(modality, "encoder"), "name"), Text(Key(modality, "encoder"), "fingerprint")),
        Number(modality, "present"), List(Key(modality, "shards"), Shard));

    private static ManifestShard Shard(JsonElement shard) => new(
        Text(shard, "file"), Number(shard, "firstRow"), Number(shard, "rows"), Number(shard, "present"), Long(shard, "bytes"), Text(shard, "crc32c"));

    private static T[] List<T>(JsonElement array, Func<JsonElement, T> read)
    {
        if (array.ValueKind != JsonValueKind.Array)
            throw new JsonException($"a list was expected, and there is {array.ValueKind}");
        T[] list = new T[array.GetArrayLength()];
        int count = 0;
        foreach (JsonElement element in array.EnumerateArray())
            list[count++] = read(element);
        return list;
    }

    private static JsonElement? Optional(JsonElement parent, string key) =>
        parent.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement Key(JsonElement parent, string key)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            throw new JsonException($"an object with '{key}' was expected, and there is {parent.ValueKind}");
        return Optional(parent, key) ?? throw new JsonException($"'{key}' is missing");
    }

    private static string Text(JsonElement parent, string key) =>
        Key(parent, key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw new JsonException($"'{key}' is not a text");

    private static int Number(JsonElement parent, string key) =>
        Key(parent, key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : throw new JsonException($"'{key}' is not a whole number");

    private static long Long(JsonElement parent, string key) =>
        Key(parent, key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : throw new JsonException($"'{key}' is not a whole number");
}
