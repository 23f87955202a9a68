using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UniM2Rec.Features;

/// <summary>Reads, checks and writes store.json.</summary>
internal static class ManifestFile
{
    private const string Format = "unim2rec-store";

    // A manifest has some 50 bytes for each thousand rows, so this is a store of billions.
    private const long LongestManifest = 256 << 20;

    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false };

    /// <summary>The manifest, its own statements checked against each other but not against the files.</summary>
    /// <exception cref="Diagnostics.UserErrorException">missing, damaged, or of a newer format</exception>
    /// <param name="folder">the store's</param>
    /// <param name="name">the manifest's file, by default that of the store as readers see it</param>
    public static StoreManifest Read(string folder, string name = StoreLayout.ManifestFile)
    {
        string path = Path.Combine(folder, name);
        if (!Directory.Exists(folder))
            StoreErrors.MissingFolder(folder);
        if (FileKinds.Of(path) == FileKind.Missing)
            StoreErrors.MissingManifest(folder);
        return Parse(RegularFile.ReadBytes(path, "a feature store's manifest", LongestManifest), path);
    }

    /// <summary>As <see cref="Read"/>, from the file's bytes.</summary>
    public static StoreManifest Parse(byte[] bytes, string path)
    {
        StoreManifest? manifest = null;
        try
        {
            using var document = JsonFile.Parse(bytes, Reading);
            CheckVersion(document.RootElement, path);
            manifest = ManifestReading.Read(document.RootElement);
        }
        catch (JsonException failure)
        {
            StoreErrors.DamagedManifest(path, failure.Message, failure);
        }
        if ((ManifestChecksum.Problem(bytes, manifest!) ?? ManifestCheck.Problem(manifest!)) is { } problem)
            StoreErrors.DamagedManifest(path, problem);
        return manifest!;
    }

    /// <summary>Whether a file that can't be read as a manifest was meant as one: a damaged one, or one of a newer program.</summary>
    public static bool MayBeOne(string path)
    {
        try
        {
            return RegularFile.ReadBytes(path, "a feature store's manifest", LongestManifest).AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{Format}\"")) >= 0;
        }
        catch (UserErrorException)
        {
            return false;
        }
    }

    /// <summary>Puts a new manifest in the old one's place.</summary>
    /// <returns>the manifest as it was written, with its checksum</returns>
    /// <exception cref="Diagnostics.UserErrorException">it can't be written</exception>
    public static StoreManifest Write(string folder, StoreManifest manifest, IStorage storage, string name = StoreLayout.ManifestFile)
    {
        // One that was read may be of an older version.
        int oldest = manifest.All.Any(modality => modality.RowIndex is not null) ? StoreLayout.Version : StoreLayout.OldestReader;
        manifest = manifest with { Version = StoreLayout.Version, OldestReader = oldest, Checksum = ManifestChecksum.Zeros };
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.StoreManifest), (byte)'\n'];
        string checksum = ManifestChecksum.Enter(bytes);
        AtomicFile.Write(Path.Combine(folder, name), file => file.Write(bytes), storage);
        return manifest with { Checksum = checksum };
    }

    /// <summary>The manifest of a store without modalities.</summary>
    public static StoreManifest New(ItemTable items, ManifestItemTable file, int shardRows, StorePartition? partition) => new()
    {
        Format = Format,
        Version = StoreLayout.Version,
        OldestReader = StoreLayout.OldestReader,
        Dataset = new ManifestDataset(items.DatasetName, items.DatasetFingerprint),
        Rows = items.Count,
        ShardRows = shardRows,
        BlockBytes = StoreLayout.BlockBytes,
        Domains = items.Domains,
        ItemTable = file,
        Partition = partition,
        Modalities = [],
    };

    // Looked at alone and first: the rest of a newer manifest may have another form.
    private static void CheckVersion(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String
            || format.GetString() != Format)
        {
            StoreErrors.NotAStore(path, Format);
        }
        if (!root.TryGetProperty("oldestReader", out var oldest) || oldest.ValueKind != JsonValueKind.Number
            || !oldest.TryGetInt32(out int needed))
        {
            StoreErrors.DamagedManifest(path, "oldestReader is missing");
            return;
        }
        if (needed > StoreLayout.Version)
            StoreErrors.TooNew(path, needed, StoreLayout.Version);
    }
}

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
        Checksum = OptionalText(root, "checksum"),
        Dataset = new ManifestDataset(Text(Key(root, "dataset"), "name"), Text(Key(root, "dataset"), "fingerprint")),
        Rows = Number(root, "rows"),
        ShardRows = Number(root, "shardRows"),
        BlockBytes = Number(root, "blockBytes"),
        Domains = List(Key(root, "domains"), domain => new DomainRange(Text(domain, "name"), Number(domain, "firstRow"), Number(domain, "count"))),
        ItemTable = ItemTable(Key(root, "itemTable")),
        Partition = Optional(root, "partition") is { } part ? new StorePartition(Number(part, "index"), Number(part, "count")) : null,
        Basis = OptionalText(root, "basis"),
        Modalities = List(Key(root, "modalities"), Modality),
        Unfinished = Optional(root, "unfinished") is { } unfinished ? List(unfinished, Modality) : null,
    };

    private static ManifestItemTable ItemTable(JsonElement table) => new(Text(table, "file"), Long(table, "bytes"), Text(table, "sha256"), OptionalText(table, "crc32c"));

    private static ManifestModality Modality(JsonElement modality) => new(
        Text(modality, "name"), Number(modality, "width"), Text(modality, "type"),
        new ManifestEncoder(Text(Key(modality, "encoder"), "name"), Text(Key(modality, "encoder"), "fingerprint")),
        Number(modality, "present"), List(Key(modality, "shards"), Shard))
    {
        RowIndex = Optional(modality, "rowIndex") is { } index
            ? new ManifestRowIndex(Text(index, "file"), Long(index, "bytes"), Text(index, "crc32c"), Number(index, "abandoned"), OptionalNumber(index, "first"), OptionalNumber(index, "count"))
            : null,
    };

    private static ManifestShard Shard(JsonElement shard) => new(
        Text(shard, "file"), Number(shard, "firstRow"), Number(shard, "rows"), Number(shard, "present"), Long(shard, "bytes"), Text(shard, "crc32c"))
    {
        Content = OptionalText(shard, "content"),
        Noted = Optional(shard, "noted") is { } noted ? noted.ValueKind is JsonValueKind.True or JsonValueKind.False ? noted.GetBoolean() : throw new JsonException("'noted' is neither true nor false") : null,
        Dataset = OptionalText(shard, "dataset"),
    };

    private static T[] List<T>(JsonElement array, Func<JsonElement, T> read)
    {
        if (array.ValueKind != JsonValueKind.Array)
            throw new JsonException($"a list was expected, and there is {array.ValueKind}");
        var list = new T[array.GetArrayLength()];
        int count = 0;
        foreach (var element in array.EnumerateArray())
            list[count++] = read(element);
        return list;
    }

    private static JsonElement? Optional(JsonElement parent, string key) =>
        parent.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonElement Key(JsonElement parent, string key)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            throw new JsonException($"an object with '{key}' was expected, and there is {parent.ValueKind}");
        return Optional(parent, key) ?? throw new JsonException($"'{key}' is missing");
    }

    private static string Text(JsonElement parent, string key) =>
        Key(parent, key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw new JsonException($"'{key}' is not a text");

    private static string? OptionalText(JsonElement parent, string key) => Optional(parent, key) is null ? null : Text(parent, key);

    private static int Number(JsonElement parent, string key) =>
        Key(parent, key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : throw new JsonException($"'{key}' is not a whole number");

    private static int? OptionalNumber(JsonElement parent, string key) => Optional(parent, key) is null ? null : Number(parent, key);

    private static long Long(JsonElement parent, string key) =>
        Key(parent, key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : throw new JsonException($"'{key}' is not a whole number");
}

/// <summary>Checks a manifest's statements against each other, so that the rest of the code may rely on them.</summary>
internal static class ManifestCheck
{
    /// <summary>The first contradiction, or null.</summary>
    public static string? Problem(StoreManifest manifest)
    {
        if (manifest.Rows < 0 || manifest.ShardRows < 1 || manifest.BlockBytes < 1)
            return $"rows is {manifest.Rows}, shardRows {manifest.ShardRows} and blockBytes {manifest.BlockBytes}";
        if (manifest.Partition is { } part && (part.Index < 1 || part.Index > part.Count))
            return $"partition is {part}";
        if (Repeated(manifest.Domains.Select(domain => domain.Name)) is { } domainName)
            return $"domain '{Excerpt.Of(domainName)}' is there twice";
        if (Repeated(manifest.Modalities.Select(modality => modality.Name)) is { } complete)
            return $"modality '{Excerpt.Of(complete)}' is there twice";
        if (Repeated((manifest.Unfinished ?? []).Select(modality => modality.Name)) is { } unfinished)
            return $"the unfinished modality '{Excerpt.Of(unfinished)}' is there twice";
        long row = 0;
        foreach (var domain in manifest.Domains)
        {
            if (domain.FirstRow != row || domain.Count < 0)
                return $"domain '{Excerpt.Of(domain.Name)}' begins at row {domain.FirstRow} instead of {row}";
            row += domain.Count;
        }
        if (row != manifest.Rows)
            return $"the domains have {row} rows and the store {manifest.Rows}";
        if (!IsPlainName(manifest.ItemTable.File))
            return $"the item table's name is '{Excerpt.Of(manifest.ItemTable.File)}'";
        if (manifest.ItemTable.Bytes < 0 || (manifest.ItemTable.Crc32c is { } checksums && checksums.Length != 8 * Blocks(manifest.ItemTable.Bytes, manifest)))
            return $"the item table of {manifest.ItemTable.Bytes} bytes has {(manifest.ItemTable.Crc32c?.Length ?? 0) / 8} checksums";
        return manifest.Modalities.Select(modality => Problem(modality, manifest) ?? MissingShard(modality, manifest))
            .Concat((manifest.Unfinished ?? []).Select(modality => Problem(modality, manifest)))
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? Repeated(IEnumerable<string> names) => names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;

    private static string? Problem(ManifestModality modality, StoreManifest manifest)
    {
        if (modality.Width < 1 || FeatureTypes.Parse(modality.Type) is not { } type || modality.Width > int.MaxValue / type.Size())
            return $"modality '{Excerpt.Of(modality.Name)}' has width {modality.Width} and type {Excerpt.Of(modality.Type)}";
        long present = modality.Shards.Sum(shard => (long)shard.Present) - (modality.RowIndex?.Abandoned ?? 0);
        if (modality.Present != present)
            return $"modality '{Excerpt.Of(modality.Name)}' has {modality.Present} present rows and its shards have {present}";
        if (modality.RowIndex is { } index)
        {
            if (!IsPlainName(index.File) || index.Bytes < 0 || index.Abandoned < 0 || index.Crc32c.Length != 8 * Blocks(index.Bytes, manifest))
                return $"the row index '{Excerpt.Of(index.File)}' of {index.Bytes} bytes has {index.Crc32c.Length / 8} checksums";
            if (index.First is null != index.Count is null || index.First < 0 || index.Count < 0 || (index.First ?? 0) % manifest.ShardRows != 0 || (long)(index.First ?? 0) + (index.Count ?? 0) > int.MaxValue)
                return $"the row index '{Excerpt.Of(index.File)}' says that {index.Count} rows were made from position {index.First} on";
        }
        int previous = -1;
        foreach (var shard in modality.Shards)
        {
            if (shard.FirstRow <= previous || !IsShard(shard, modality, manifest))
                return $"shard '{Excerpt.Of(shard.File)}' holds rows {shard.FirstRow} to {shard.FirstRow + shard.Rows - 1L}, which is no whole shard";
            if (shard.Present < 0 || shard.Present > shard.Rows)
                return $"shard '{Excerpt.Of(shard.File)}' has {shard.Present} present rows of {shard.Rows}";
            if (shard.Content is { Length: not 8 })
                return $"shard '{Excerpt.Of(shard.File)}' has the checksum '{Excerpt.Of(shard.Content)}' of what its rows were made from";
            if (!IsPlainName(shard.File) || shard.Bytes < 0 || shard.Crc32c.Length != 8 * Blocks(shard.Bytes, manifest))
                return $"shard '{Excerpt.Of(shard.File)}' of {shard.Bytes} bytes has {shard.Crc32c.Length / 8} checksums";
            previous = shard.FirstRow;
        }
        return null;
    }

    private static bool IsShard(ManifestShard shard, ManifestModality modality, StoreManifest manifest)
    {
        if (shard.FirstRow < 0 || shard.FirstRow % manifest.ShardRows != 0 || shard.Rows < 1 || shard.Rows > manifest.ShardRows || shard.End > int.MaxValue)
            return false;
        int rows = modality.RowIndex is not { } index ? ShardRange.At(shard.FirstRow / manifest.ShardRows, manifest.Rows, manifest.ShardRows).Rows
            // Those of before it are as long as they were then.
            : index.First is { } first && shard.FirstRow >= first ? Math.Min(manifest.ShardRows, first + index.Count!.Value - shard.FirstRow)
            : shard.Rows;
        return shard.Rows == rows;
    }

    private static string? MissingShard(ManifestModality modality, StoreManifest manifest)
    {
        if (modality.RowIndex is not null)
            return modality.IsWhole(manifest.Rows, manifest.ShardRows) ? null : $"modality '{Excerpt.Of(modality.Name)}' lacks shards of the rows that were made last";
        int expected = ShardRange.CountFor(manifest.Rows, manifest.ShardRows);
        return modality.Shards.Count == expected ? null
            : $"modality '{Excerpt.Of(modality.Name)}' has {modality.Shards.Count} shards instead of {expected}";
    }

    private static long Blocks(long bytes, StoreManifest manifest) => bytes / manifest.BlockBytes + (bytes % manifest.BlockBytes == 0 ? 0 : 1);

    // A manifest must not lead out of its folder.
    private static bool IsPlainName(string file) => file.Length is > 0 and <= 255 && !file.Contains('\0') && file == Path.GetFileName(file) && file is not ("." or "..");
}

/// <summary>JSON form of the manifest; generated at compile time, so that opening a store spends no time on reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(StoreManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
