using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace UniM2Rec.Features;

/// <summary>
/// A shard in memory: its header checked against the manifest at once, its bytes against their checksums when they are first asked for.
/// Safe to read from several threads.
/// </summary>
internal sealed unsafe class MappedShard : IDisposable
{
    public const string Format = "unim2rec-features";
    public const string EmbeddingsTensor = "embeddings";
    public const string PresentTensor = "present";
    public const string ContentTensor = "content";
    public const string NoteKey = "note";

    private readonly SafeTensorsFile _file;
    private readonly ManifestShard _shard;
    private readonly string _modality;
    private readonly CheckedBlocks _blocks;
    private readonly byte* _embeddings;
    private readonly byte* _present;
    private readonly int _rowBytes;
    private volatile bool _headSound;
    private byte* _content;
    private volatile bool _contentSound;

    public MappedShard(string folder, ManifestShard shard, ModalitySpecification modality, StoreManifest manifest)
    {
        string path = Path.Combine(folder, shard.File);
        (this._shard, _modality, _rowBytes) = (shard, modality.Name, modality.Width * modality.Type.Size());
        _file = Open(path, manifest.BlockBytes);
        try
        {
            if (_file.Length != shard.Bytes)
                StoreErrors.WrongSize(path, _file.Length, shard.Bytes);
            foreach (var (key, expected) in Metadata(modality, shard.Dataset ?? manifest.Dataset.Fingerprint, shard.FirstRow))
            {
                string found = _file.Metadata.GetValueOrDefault(key, "(none)");
                if (found != expected)
                    RefuseForeign(key.Replace('_', ' '), found, expected);
            }
            SafeTensorEntry embeddings = _file.Entry(EmbeddingsTensor), present = _file.Entry(PresentTensor);
            CheckTensor(embeddings, modality.Type.ToSafeTensor(), shard.Rows, modality.Width);
            CheckTensor(present, SafeTensorType.U8, shard.Rows);
            _embeddings = _file.Pointer(embeddings);
            _present = _file.Pointer(present);
            _blocks = new CheckedBlocks(_file.Map, manifest.BlockBytes, shard.Crc32c);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>What whoever made the rows wants to find again; null for nothing.</summary>
    /// <exception cref="UserErrorException">the header is damaged</exception>
    public string? Note
    {
        get
        {
            CheckHead();
            return _file.Metadata.GetValueOrDefault(NoteKey);
        }
    }

    /// <summary>What each row was made from, <see cref="RowContent.Bytes"/> a row; empty where the shard does not say it.</summary>
    /// <exception cref="UserErrorException">it is not what was written</exception>
    public ReadOnlySpan<byte> Content
    {
        get
        {
            if (_shard.Content is null)
                return [];
            if (_contentSound)
                return new ReadOnlySpan<byte>(_content, _shard.Rows * RowContent.Bytes);
            CheckTensor(_file.Entry(ContentTensor), SafeTensorType.U8, _shard.Rows, RowContent.Bytes);
            var content = _file.Bytes(ContentTensor);
            if (RowContent.Checksum(content) is var found && found != _shard.Content)
                StoreErrors.DamagedRows(_file.Path, _modality, _shard.FirstRow, _shard.FirstRow + _shard.Rows - 1, $"its tensor {ContentTensor} has the checksum {found} and the manifest says {_shard.Content}");
            _content = _file.Pointer(_file.Entry(ContentTensor));
            _contentSound = true;
            return content;
        }
    }

    /// <summary>Rows that follow each other.</summary>
    /// <param name="row">the first, counted in the shard</param>
    /// <param name="count">how many</param>
    /// <returns>[count, width], row-major</returns>
    /// <exception cref="UserErrorException">their bytes are not those that were written</exception>
    public byte* Rows(int row, int count)
    {
        byte* begin = _embeddings + (long)row * _rowBytes;
        if (!_blocks.AllSound)
            Check(begin - _file.Start, (long)count * _rowBytes);
        return begin;
    }

    /// <summary>Reads a row.</summary>
    /// <param name="row">counted in the shard</param>
    /// <param name="destination">[width]</param>
    /// <param name="type">type of the numbers in the file</param>
    /// <exception cref="UserErrorException">its bytes are not those that were written</exception>
    public void Read(int row, Span<float> destination, FeatureType type)
    {
        fixed (float* to = destination)
            ElementConversion.ToSingle(Rows(row, 1), type.ToSafeTensor(), to, destination.Length);
    }

    /// <summary>Whether a row has the modality.</summary>
    /// <param name="row">counted in the shard</param>
    /// <exception cref="UserErrorException">the flags are not those that were written</exception>
    public bool IsPresent(int row)
    {
        if (!_blocks.AllSound)
            Check(_present + row - _file.Start, 1);
        return _present[row] != 0;
    }

    /// <summary>The notes that a shard carries.</summary>
    public static Dictionary<string, string> Metadata(ModalitySpecification modality, string datasetFingerprint, int firstRow) => new()
    {
        ["format"] = Format,
        ["version"] = StoreLayout.ShardVersion,
        ["modality"] = modality.Name,
        ["encoder_fingerprint"] = modality.EncoderFingerprint,
        ["dataset_fingerprint"] = datasetFingerprint,
        ["first_row"] = firstRow.ToString(CultureInfo.InvariantCulture),
    };

    public void Dispose() => _file.Dispose();

    private void Check(long begin, long length)
    {
        CheckHead();
        int damaged = _blocks.FirstDamaged(begin, begin + length);
        if (damaged >= 0)
            Refuse(damaged);
    }

    // Where rows and flags are follows from the header.
    private void CheckHead()
    {
        if (_headSound)
            return;
        int damaged = _blocks.FirstDamaged(0, _file.PayloadOffset);
        if (damaged >= 0)
            Refuse(damaged);
        _headSound = true;
    }

    [DoesNotReturn]
    private void Refuse(int block)
    {
        var (begin, end) = _blocks.Bytes(block);
        long embeddings = _embeddings - _file.Start, present = _present - _file.Start;
        // A block of the header or of the flags concerns them all.
        bool holdsRowsAlone = begin >= embeddings && end <= embeddings + (long)_shard.Rows * _rowBytes && embeddings < present;
        int first = holdsRowsAlone ? (int)((begin - embeddings) / _rowBytes) : 0;
        int last = holdsRowsAlone ? (int)((end - 1 - embeddings) / _rowBytes) : _shard.Rows - 1;
        StoreErrors.DamagedRows(_file.Path, _modality, _shard.FirstRow + first, _shard.FirstRow + last, $"block {block} has the checksum {_blocks.Found(block)} and the manifest says {_blocks.Expected(block)}");
    }

    // A header that makes no sense is most often a damaged one, which the checksum tells.
    private SafeTensorsFile Open(string path, int blockBytes)
    {
        try
        {
            return SafeTensorsFile.Open(path);
        }
        catch (UserErrorException)
        {
            using var file = new MappedFile(path, "a shard");
            if (file.Length != _shard.Bytes)
                StoreErrors.WrongSize(path, file.Length, _shard.Bytes);
            var blocks = new CheckedBlocks(file, blockBytes, _shard.Crc32c);
            if (file.Length > 0 && blocks.FirstDamaged(0, 1) >= 0)
                StoreErrors.DamagedRows(path, _modality, _shard.FirstRow, _shard.FirstRow + _shard.Rows - 1, $"block 0 has the checksum {blocks.Found(0)} and the manifest says {blocks.Expected(0)}");
            throw;
        }
    }

    private void CheckTensor(SafeTensorEntry entry, SafeTensorType type, params ReadOnlySpan<long> shape)
    {
        if (entry.Type != type || !shape.SequenceEqual([.. entry.Shape]))
            RefuseForeign($"tensor {entry.Name}", Show(entry.Type, [.. entry.Shape]), Show(type, shape.ToArray()));
    }

    [DoesNotReturn]
    private void RefuseForeign(string what, string found, string expected) =>
        StoreErrors.ForeignShard(_file.Path, _modality, _shard, $"it has the {what} '{Excerpt.Of(found)}' and the manifest says '{Excerpt.Of(expected)}'");

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
            if (!shard.Content.IsEmpty)
                writer.Declare(MappedShard.ContentTensor, SafeTensorType.U8, [shard.Range.Rows, RowContent.Bytes]);
            for (long done = 0; done < shard.ByteLength; done += Piece)
                writer.Write(new ReadOnlySpan<byte>(shard.Embeddings + done, (int)Math.Min(Piece, shard.ByteLength - done)));
            writer.Write(shard.Present);
            if (!shard.Content.IsEmpty)
                writer.Write(shard.Content);
            writer.Complete();
        }, storage);
        return new ManifestShard(name, shard.Range.FirstRow, shard.Range.Rows, shard.PresentCount, checksums.Length, checksums.Finish())
        {
            Content = shard.Content.IsEmpty ? null : RowContent.Checksum(shard.Content),
            Noted = shard.Note is not null,
        };
    }
}
