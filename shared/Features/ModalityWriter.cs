namespace UniM2Rec.Features;

/// <summary>Takes the shards of one modality. Made by <see cref="FeatureStoreWriter.StartModality"/>.</summary>
public sealed class ModalityWriter
{
    private readonly FeatureStoreWriter _store;
    private readonly List<ShardRange> _pending;
    private readonly int[]? _made;
    private readonly int _first;

    internal ModalityWriter(FeatureStoreWriter store, ModalitySpecification modality, List<ShardRange> pending, (int First, int[] Rows)? made) =>
        (this._store, Modality, this._pending, _first, _made) = (store, modality, pending, made?.First ?? 0, made?.Rows);

    /// <summary>What the rows are.</summary>
    public ModalitySpecification Modality { get; }

    /// <summary>Rows that are made again because the store is from before it kept what rows were made from, and its catalogue is another now.</summary>
    public int Untold { get; internal init; }

    /// <summary>Shards that are still to be made here, in order of their positions; a committed one leaves the list.</summary>
    public IReadOnlyList<ShardRange> Pending
    {
        get
        {
            lock (_pending)
                return [.. _pending];
        }
    }

    /// <summary>The row of the store that lies in a position of a pending shard: the same, unless the store has grown. Rows ascend with positions.</summary>
    public int RowAt(int position) => _made is null ? position : _made[position - _first];

    /// <summary>Whether a row of the store is still to be made here.</summary>
    public bool IsPending(int row)
    {
        int position = _made is null ? row : Array.BinarySearch(_made, row) is var at and >= 0 ? _first + at : -1;
        lock (_pending)
            return position >= 0 && _pending.Exists(shard => position >= shard.FirstRow && position - shard.FirstRow < shard.Rows);
    }

    /// <summary>Rows in all pending shards.</summary>
    public long PendingRows => Pending.Sum(shard => (long)shard.Rows);

    /// <summary>An empty shard, to be filled and committed. Several may be in work at the same time.</summary>
    /// <exception cref="ArgumentException">the shard is not pending</exception>
    public ShardBuffer NewShard(ShardRange range)
    {
        if (!Pending.Contains(range))
            throw new ArgumentException($"shard {range.Index} is not pending", nameof(range));
        return new ShardBuffer(Modality, range, _store.Memory);
    }

    /// <summary>
    /// Writes a shard and names it in the manifest; with the last one the modality is complete. Shards may come in any order.
    /// </summary>
    /// <exception cref="Diagnostics.UserErrorException">
    /// it can't be written; the shard stays pending, those committed before are kept, and the commit may be tried again
    /// </exception>
    public void Commit(ShardBuffer shard)
    {
        if (!Pending.Contains(shard.Range))
            throw new ArgumentException($"shard {shard.Range.Index} is not pending", nameof(shard));
        _store.Commit(Modality, shard);
        lock (_pending)
            _pending.Remove(shard.Range);
    }
}

/// <summary>What the rows of a modality are.</summary>
/// <param name="Name">"text", "image" or "cross", or another name of the characters a-z, 0-9 and _</param>
/// <param name="Width">numbers a row</param>
/// <param name="Type">type of the numbers</param>
/// <param name="EncoderName">for people</param>
/// <param name="EncoderFingerprint">hash of everything that decides the encoder's output; a change makes the modality stale</param>
public sealed record ModalitySpecification(string Name, int Width, FeatureType Type, string EncoderName, string EncoderFingerprint)
{
    /// <summary>Whether rows made for the other specification are rows of this one. The encoder's name does not count.</summary>
    public bool MakesSameRowsAs(ModalitySpecification other) =>
        (Name, Width, Type, EncoderFingerprint) == (other.Name, other.Width, other.Type, other.EncoderFingerprint);
}
