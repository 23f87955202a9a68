using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace UniM2Rec.Features;

/// <summary>Every file name of a feature store, and the numbers of its format (docs/FORMAT.md, section 3).</summary>
public static partial class StoreLayout
{
    /// <summary>Version of the format that is written: 2 has checksums of the manifest and of the item table's blocks, 3 has row indices.</summary>
    public const int Version = 3;

    /// <summary>The oldest version whose reader can read what is written, unless the store has grown, which takes version 3.</summary>
    public const int OldestReader = 1;

    /// <summary>Bytes of a checksum block.</summary>
    public const int BlockBytes = 1 << 20;

    /// <summary>Rows a shard, unless the writer is told another number.</summary>
    public const int DefaultShardRows = 8192;

    /// <summary>The manifest.</summary>
    public const string ManifestFile = "store.json";

    /// <summary>The manifest of the state that a store is growing into; it takes the other one's place when all of it is there.</summary>
    public const string NextManifestFile = "store.next.json";

    /// <summary>The item table of a store that has not grown.</summary>
    public const string ItemTableFile = "items.safetensors";

    /// <summary>Folder of the encoders that were made for the store's catalogue.</summary>
    public const string EncodersFolder = "encoders";

    /// <summary>Held while a program writes into the store.</summary>
    public const string LockFile = "store.lock";

    /// <summary>Rows, pictures and vectors that could not be used.</summary>
    public const string RejectsFile = "rejects.csv";

    /// <summary>Shards are as they were in version 1.</summary>
    internal const string ShardVersion = "1";

    /// <summary>What the extractor keeps beside a store: its log, the list of rejected rows, encoders that were made for this catalogue.</summary>
    private static readonly FrozenSet<string> Companions = [LockFile, "extract.log", RejectsFile, PicturesSeen, EncodersFolder, "lost+found"];

    /// <summary>Whether a file's name is one that the extractor gives to what it keeps beside a store; a modality that was imported has a list of its own.</summary>
    internal static bool IsCompanion(string name) => Companions.Contains(name) || RejectsOfModality().IsMatch(name);

    /// <summary>What the extractor remembers of pictures' files, so that it need not read them all again; no part of the store.</summary>
    public const string PicturesSeen = "pictures.seen";

    /// <summary>The file of a shard, e.g. <c>text-3fa9c1d2b4e5-00017.safetensors</c>.</summary>
    public static string Shard(ModalitySpecification modality, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{modality.Name}-{Tag(modality)}-{index:D5}.safetensors");

    /// <summary>The item table of a state that a store has grown into, e.g. <c>items-9f86d081884c.safetensors</c>.</summary>
    internal static string ItemTable(string sha256) => $"items-{sha256[..12]}.safetensors";

    /// <summary>Where the rows of a modality lie in a store that has grown, e.g. <c>text-3fa9c1d2b4e5-rows-9f86d081884c.safetensors</c>.</summary>
    internal static string RowIndex(ModalitySpecification modality, string sha256) => $"{modality.Name}-{Tag(modality)}-rows-{sha256[..12]}.safetensors";

    /// <summary>Whether a file's name is one that <see cref="Shard"/> gives.</summary>
    public static bool IsShard(string name) => ShardName().IsMatch(name);

    /// <summary>Whether a file's name is one that a store that has grown gives, which no other store's file has.</summary>
    internal static bool IsOfGrowth(string name) => GrowthName().IsMatch(name);

    /// <summary>Whether a file's name is that of a store's file, or of a list beside it, while it is written.</summary>
    internal static bool IsTemporary(string name) =>
        AtomicFile.WrittenName(name) is { } written && (written is ManifestFile or NextManifestFile or ItemTableFile || IsShard(written) || IsOfGrowth(written) || written is RejectsFile or PicturesSeen || RejectsOfModality().IsMatch(written));

    [GeneratedRegex("^[a-z0-9_]+\\.rejects\\.csv$")]
    private static partial Regex RejectsOfModality();

    [GeneratedRegex("^[a-z0-9_]+-[0-9a-f]{12}-[0-9]{5,}\\.safetensors$")]
    private static partial Regex ShardName();

    [GeneratedRegex("^(items|[a-z0-9_]+-[0-9a-f]{12}-rows)-[0-9a-f]{12}\\.safetensors$")]
    private static partial Regex GrowthName();

    // Two encoders' shards lie side by side while one takes the other's place, so everything that rows depend on is in the name.
    private static string Tag(ModalitySpecification modality)
    {
        string lines = string.Create(CultureInfo.InvariantCulture,
            $"{modality.Name}\n{modality.Width}\n{modality.Type.Name()}\n{modality.EncoderFingerprint}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..12];
    }
}
