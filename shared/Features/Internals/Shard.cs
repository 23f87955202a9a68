using System.Globalization;

namespace UniM2Rec.Features;

/// <summary>A shard in memory, its header checked against the manifest.</summary>
internal sealed unsafe class MappedShard : IDisposable
{
    public const string Format = "unim2rec-features";
    public const string EmbeddingsTensor = "embeddings";
    public const string PresentTensor = "present";
    public const string NoteKey = "note";

    private readonly SafeTensorsFile _file;

    public MappedShard(string path, ManifestShard shard, ModalitySpecification modality, string datasetFingerprint)
    {
        _file = SafeTensorsFile.Open(path);
        try
        {
            foreach (var (key, expected) in Metadata(modality, datasetFingerprint, shard.FirstRow))
            {
                string found = _file.Metadata.GetValueOrDefault(key, "(none)");
                if (found != expected)
                    StoreErrors.ForeignFile(path, key.Replace('_', ' '), found, expected);
            }
            SafeTensorEntry embeddings = _file.Entry(EmbeddingsTensor), present = _file.Entry(PresentTensor);
            CheckTensor(path, embeddings, modality.Type.ToSafeTensor(), shard.Rows, modality.Width);
            CheckTensor(path, present, SafeTensorType.U8, shard.Rows);
            Embeddings = _file.Pointer(embeddings);
            Present = _file.Pointer(present);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>[rows, width], row-major.</summary>
    public byte* Embeddings { get; }

    /// <summary>[rows], 1 where the modality is there.</summary>
    public byte* Present { get; }

    /// <summary>The notes that a shard carries.</summary>
    public static Dictionary<string, string> Metadata(ModalitySpecification modality, string datasetFingerprint, int firstRow) => new()
    {
        ["format"] = Format,
        ["version"] = StoreLayout.Version.ToString(CultureInfo.InvariantCulture),
        ["modality"] = modality.Name,
        ["encoder_fingerprint"] = modality.EncoderFingerprint,
        ["dataset_fingerprint"] = datasetFingerprint,
        ["first_row"] = firstRow.ToString(CultureInfo.InvariantCulture),
    };

    public void Dispose() => _file.Dispose();

    private static void CheckTensor(string path, SafeTensorEntry entry, SafeTensorType type, params ReadOnlySpan<long> shape)
    {
        if (entry.Type != type || !shape.SequenceEqual([.. entry.Shape]))
            StoreErrors.ForeignFile(path, $"tensor {entry.Name}", Show(entry.Type, [.. entry.Shape]), Show(type, shape.ToArray()));
    }

    private static string Show(SafeTensorType type, long[] shape) => $"{type} [{string.Join(", ", shape)}]";
}

/// <summary>Writes a shard's file.</summary>
internal static class ShardFile
{
    private const int Piece = 1 << 22;

    public static unsafe ManifestShard Write(
        string folder, ModalitySpecification modality, ShardBuffer shard, string datasetFingerprint, IStorage storage)
    {
        string name = StoreLayout.Shard(modality, shard.Range.Index);
        BlockChecksums checksums = new(StoreLayout.BlockBytes);
        AtomicFile.Write(Path.Combine(folder, name), file =>
        {
            checksums = new BlockChecksums(StoreLayout.BlockBytes);
            using var stream = new ChecksumStream(file, checksums);
            var metadata = MappedShard.Metadata(modality, datasetFingerprint, shard.Range.FirstRow);
            if (shard.Note is not null)
                metadata[MappedShard.NoteKey] = shard.Note;
            var writer = new SafeTensorsWriter(stream, metadata);
            writer.Declare(MappedShard.EmbeddingsTensor, modality.Type.ToSafeTensor(), [shard.Range.Rows, modality.Width]);
            writer.Declare(MappedShard.PresentTensor, SafeTensorType.U8, [shard.Range.Rows]);
            for (long done = 0; done < shard.ByteLength; done += Piece)
                writer.Write(new ReadOnlySpan<byte>(shard.Embeddings + done, (int)Math.Min(Piece, shard.ByteLength - done)));
            writer.Write(shard.Present);
            writer.Complete();
        }, storage);
        return new ManifestShard(
            name, shard.Range.FirstRow, shard.Range.Rows, shard.PresentCount, checksums.Length, checksums.Finish());
    }
}
