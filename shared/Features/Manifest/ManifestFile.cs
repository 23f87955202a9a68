using System.Text.Json;
using UniM2Rec.Storage;

namespace UniM2Rec.Features.Manifest;

/// <summary>Reads, checks and writes store.json.</summary>
internal static class ManifestFile
{
    private const string Format = "unim2rec-store";

    /// <summary>The manifest, its own statements checked against each other but not against the files.</summary>
    /// <exception cref="Diagnostics.UserErrorException">missing, damaged, or of a newer format</exception>
    public static StoreManifest Read(string folder)
    {
        string path = Path.Combine(folder, StoreLayout.ManifestFile);
        if (!Directory.Exists(folder))
            StoreErrors.MissingFolder(folder);
        if (!File.Exists(path))
            StoreErrors.MissingManifest(folder);
        StoreManifest? manifest = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            CheckVersion(document.RootElement, path);
            manifest = ManifestReading.Read(document.RootElement);
        }
        catch (JsonException failure)
        {
            StoreErrors.DamagedManifest(path, failure.Message, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotRead(path, failure);
        }
        if (ManifestCheck.Problem(manifest!) is { } problem)
            StoreErrors.DamagedManifest(path, problem);
        return manifest!;
    }

    /// <summary>Puts a new manifest in the old one's place.</summary>
    /// <exception cref="Diagnostics.UserErrorException">it can't be written</exception>
    public static void Write(string folder, StoreManifest manifest, IStorage storage) =>
        AtomicFile.Write(Path.Combine(folder, StoreLayout.ManifestFile), file =>
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.StoreManifest));
            file.Write("\n"u8);
        }, storage);

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
            || !root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String
            || format.GetString() != Format)
        {
            StoreErrors.NotAStore(path, Format);
        }
        if (!root.TryGetProperty("oldestReader", out JsonElement oldest) || oldest.ValueKind != JsonValueKind.Number
            || !oldest.TryGetInt32(out int needed))
        {
            StoreErrors.DamagedManifest(path, "oldestReader is missing");
            return;
        }
        if (needed > StoreLayout.Version)
            StoreErrors.TooNew(path, needed, StoreLayout.Version);
    }
}
