namespace UniM2Rec.Models.Text;

/// <summary>Ids of terms by their 64-bit hash: open addressing over two arrays, read by any number of threads.</summary>
internal sealed class TermTable
{
    private readonly ulong[] _hashes;
    private readonly int[] _ids;   // id + 1; 0 = free
    private readonly int _mask;

    /// <summary>Ids are the positions in the list; of two terms with one hash the first keeps it.</summary>
    public TermTable(IReadOnlyList<ulong> hashes)
    {
        var capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, hashes.Count * 2));
        _mask = capacity - 1;
        _hashes = new ulong[capacity];
        _ids = new int[capacity];
        for (var id = 0; id < hashes.Count; id++)
        {
            var slot = Slot(hashes[id]);
            if (_ids[slot] != 0)
                continue;
            _hashes[slot] = hashes[id];
            _ids[slot] = id + 1;
        }
    }

    /// <summary>The id, or −1 where the term is not known.</summary>
    public int Find(ulong hash) => _ids[Slot(hash)] - 1;

    private int Slot(ulong hash)
    {
        var slot = (int)hash & _mask;
        while (_ids[slot] != 0 && _hashes[slot] != hash)
            slot = (slot + 1) & _mask;
        return slot;
    }
}
