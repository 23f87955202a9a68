using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UniM2Rec.Features;

/// <summary>Every file name of a feature store, and the numbers of its format (docs/FORMAT.md, section 3).</summary>
public static class StoreLayout
{
    /// <summary>Version of the format that is written.</summary>
    public const int Version = 1;

    /// <summary>The oldest version whose reader can read what is written.</summary>
    public const int OldestReader = 1;

    /// <summary>Bytes of a checksum block.</summary>
    public const int BlockBytes = 1 << 20;

    /// <summary>Rows a shard, unless the writer is told another number.</summary>
    public const int DefaultShardRows = 8192;

    /// <summary>The manifest.</summary>
    public const string ManifestFile = "store.json";

    /// <summary>The item table.</summary>
    public const string ItemTableFile = "items.safetensors";

    /// <summary>Held while a program writes into the store.</summary>
    public const string LockFile = "store.lock";

    internal const string ShardPattern = "*-*-*.safetensors";

    internal const string TemporaryPattern = "*" + AtomicFile.TemporarySuffix;

    /// <summary>The file of a shard, e.g. <c>text-3fa9c1d2b4e5-00017.safetensors</c>.</summary>
    public static string Shard(ModalitySpecification modality, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{modality.Name}-{Tag(modality)}-{index:D5}.safetensors");

    // Two encoders' shards lie side by side while one takes the other's place, so everything that rows depend on is in the name.
    private static string Tag(ModalitySpecification modality)
    {
        string lines = string.Create(CultureInfo.InvariantCulture,
            $"{modality.Name}\n{modality.Width}\n{modality.Type.Name()}\n{modality.EncoderFingerprint}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..12];
    }
}
