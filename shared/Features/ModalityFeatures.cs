using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;

namespace UniM2Rec.Features;

/// <summary>
/// The rows of one modality, mapped; every block of a file is compared with its checksum before anything of it is given out. Safe to read
/// from several threads.
/// </summary>
public sealed unsafe class ModalityFeatures : IDisposable
{
    // Below this many numbers a second thread costs more than it saves. A large read has more shares than threads, so that nobody waits long for
    // one thread that was held up.
    private const int SmallestShare = 1 << 17;

    private const int SharesOfThread = 8;

    private readonly ModalitySpecification _specification;
    private readonly MappedShard?[] _shards; // by number; those that no row lies in any more are not there
    private readonly int[]? _positions; // by row, in a store that has grown
    private readonly int _rows;
    private readonly int _shardRows;

    internal ModalityFeatures(string folder, ManifestModality modality, StoreManifest manifest)
    {
        _specification = modality.Specification();
        (_rows, _shardRows) = (manifest.Rows, manifest.ShardRows);
        PresentCount = modality.Present;
        Fingerprint = FingerprintOf(modality);
        _positions = modality.RowIndex is null ? null : RowIndexFile.Read(folder, modality, manifest);
        _shards = new MappedShard[modality.Shards.Count == 0 ? 0 : modality.Shards[^1].FirstRow / _shardRows + 1];
        try
        {
            foreach (var shard in modality.Shards)
                _shards[shard.FirstRow / _shardRows] = new MappedShard(folder, shard, _specification, manifest);
            if (_positions is not null)
                CheckPositions(Path.Combine(folder, modality.RowIndex!.File), modality);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>"text", "image", "cross", ...</summary>
    public string Name => _specification.Name;

    /// <summary>Numbers a row.</summary>
    public int Width => _specification.Width;

    /// <summary>Type of the numbers in the files.</summary>
    public FeatureType Type => _specification.Type;

    /// <summary>Fingerprint of the encoder that made the rows.</summary>
    public string EncoderFingerprint => _specification.EncoderFingerprint;

    /// <summary>Name of the encoder that made the rows.</summary>
    public string EncoderName => _specification.EncoderName;

    /// <summary>Rows that have the modality.</summary>
    public int PresentCount { get; }

    /// <summary>Tells whether the vectors are the same: SHA-256 over the encoder's fingerprint and the checksums of the shards, and of where the rows lie in them.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether an item has the modality. A vector of zeros does not tell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">no such row</exception>
    /// <exception cref="UserErrorException">a shard is damaged</exception>
    public bool IsPresent(int row)
    {
        CheckRow(row);
        int position = PositionOf(row);
        return position >= 0 && _shards[position / _shardRows]!.IsPresent(position % _shardRows);
    }

    /// <summary>Reads a row; zeros where the modality is absent.</summary>
    /// <param name="row">row of the store</param>
    /// <param name="destination">[<see cref="Width"/>]</param>
    /// <exception cref="ArgumentOutOfRangeException">no such row</exception>
    /// <exception cref="UserErrorException">a shard is damaged</exception>
    public void ReadRow(int row, Span<float> destination)
    {
        CheckRow(row);
        CheckLength(destination.Length, 1);
        fixed (float* to = destination)
            ToSingle(row, 1, to, isLarge: false);
    }

    /// <summary>Reads rows in any order, repeated ones too, over several threads when they are many; zeros where absent.</summary>
    /// <param name="rows">rows of the store</param>
    /// <param name="destination">[rows, <see cref="Width"/>]</param>
    /// <exception cref="ArgumentOutOfRangeException">no such row</exception>
    /// <exception cref="UserErrorException">a shard is damaged</exception>
    public void Gather(ReadOnlySpan<int> rows, Span<float> destination)
    {
        CheckLength(destination.Length, rows.Length);
        foreach (int row in rows)
            CheckRow(row);
        fixed (int* wanted = rows)
        fixed (float* to = destination)
            Share(new GatherRange(this, wanted, to, destination.Length >= StreamingCopy.Large), rows.Length);
    }

    /// <summary>Reads rows that follow each other, over several threads when they are many; zeros where absent.</summary>
    /// <param name="firstRow">first row of the store</param>
    /// <param name="count">number of rows</param>
    /// <param name="destination">[count, <see cref="Width"/>]</param>
    /// <exception cref="ArgumentOutOfRangeException">the rows are not all in the store</exception>
    /// <exception cref="UserErrorException">a shard is damaged</exception>
    public void ReadRange(int firstRow, int count, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)firstRow + count, _rows, nameof(count));
        CheckLength(destination.Length, count);
        fixed (float* to = destination)
            Share(new SequentialRange(this, firstRow, to, destination.Length >= StreamingCopy.Large), count);
    }

    private static string FingerprintOf(ManifestModality modality)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{modality.Name}\n{modality.Type}\n{modality.Encoder.Fingerprint}\n"));
        foreach (var shard in modality.Shards)
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{shard.FirstRow} {shard.Rows} {shard.Crc32c}\n")));
        if (modality.RowIndex is { } index)
            hash.AppendData(Encoding.UTF8.GetBytes($"{index.Crc32c}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Unmaps the shards.</summary>
    public void Dispose()
    {
        foreach (var shard in _shards)
            shard?.Dispose();
    }

    private interface IRange
    {
        void Copy(int begin, int end);
    }

    // Structs and pointers instead of lambdas over spans, which the language does not allow.
    private readonly struct GatherRange(ModalityFeatures features, int* wanted, float* to, bool isLarge) : IRange
    {
        public void Copy(int begin, int end)
        {
            for (int index = begin; index < end; index++)
                features.ToSingle(wanted[index], 1, to + (long)index * features.Width, isLarge);
        }
    }

    private readonly struct SequentialRange(ModalityFeatures features, int firstRow, float* to, bool isLarge) : IRange
    {
        public void Copy(int begin, int end)
        {
            for (int done = begin; done < end;)
            {
                int together = features.RowsTogether(firstRow + done, end - done);
                features.ToSingle(firstRow + done, together, to + (long)done * features.Width, isLarge);
                done += together;
            }
        }
    }

    private void Share<TRange>(TRange range, int count)
        where TRange : struct, IRange
    {
        int shares = (int)Math.Min(Environment.ProcessorCount * SharesOfThread, (long)count * Width / SmallestShare);
        if (shares <= 1)
        {
            range.Copy(0, count);
            return;
        }
        try
        {
            Parallel.For(0, shares, share =>
                range.Copy((int)((long)count * share / shares), (int)((long)count * (share + 1) / shares)));
        }
        catch (AggregateException failures) when (failures.InnerExceptions.OfType<UserErrorException>().FirstOrDefault() is { } damage)
        {
            // Threads find different blocks of one damaged file.
            ExceptionDispatchInfo.Throw(damage);
        }
    }

    /// <summary>Rows that lie side by side.</summary>
    private void ToSingle(int row, int rows, float* destination, bool isLarge)
    {
        long count = (long)rows * Width;
        int position = PositionOf(row);
        if (position < 0)
        {
            new Span<float>(destination, Width).Clear();
            return;
        }
        byte* source = _shards[position / _shardRows]!.Rows(position % _shardRows, rows);
        if (isLarge && Type == FeatureType.Float32)
            StreamingCopy.Copy((float*)source, destination, count);
        else
            ElementConversion.ToSingle(source, Type.ToSafeTensor(), destination, count);
    }

    private int PositionOf(int row) => _positions is null ? row : _positions[row];

    /// <summary>How many rows from one on lie side by side in one shard.</summary>
    private int RowsTogether(int row, int most)
    {
        int position = PositionOf(row);
        if (position < 0)
            return 1;
        most = Math.Min(most, _shardRows - position % _shardRows);
        if (_positions is null)
            return most;
        int together = 1;
        while (together < most && _positions[row + together] == position + together)
            together++;
        return together;
    }

    private void CheckPositions(string path, ManifestModality modality)
    {
        int[] rows = new int[_shards.Length];
        foreach (var shard in modality.Shards)
            rows[shard.FirstRow / _shardRows] = shard.Rows;
        foreach (var (row, position) in _positions!.Index())
        {
            if (position != RowIndexFile.None && (position < 0 || position / _shardRows >= rows.Length || position % _shardRows >= rows[position / _shardRows]))
                StoreErrors.DamagedRowIndex(path, Name, $"row {row} lies in position {position}, which no shard has");
        }
    }

    private void CheckRow(int row)
    {
        if ((uint)row >= (uint)_rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"the store has rows 0 to {_rows - 1}");
    }

    private void CheckLength(int length, int count)
    {
        if (length != (long)count * Width)
            throw new ArgumentException($"room for {length} numbers; {count} rows of {Width} were asked for", "destination");
    }
}
