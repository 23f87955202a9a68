using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace UniM2Rec.Features;

/// <summary>The hash index of an item table over its three tensors, as docs/FORMAT.md defines it.</summary>
internal readonly ref struct ItemIndex(ReadOnlySpan<byte> ids, ReadOnlySpan<long> offsets, ReadOnlySpan<int> slots)
{
    private readonly ReadOnlySpan<byte> _ids = ids;
    private readonly ReadOnlySpan<long> _offsets = offsets;
    private readonly ReadOnlySpan<int> _slots = slots;

    /// <summary>The hash after the domain's name, which all of its items share.</summary>
    public static ulong DomainHash(string domain) =>
        IdHash.Append(IdHash.Append(IdHash.Start, Encoding.UTF8.GetBytes(domain)), [0]);

    /// <summary>
    /// The first contradiction in the three tensors, or null; after that, ids are texts, and looking one up ends, whatever the file holds.
    /// </summary>
    public string? Problem()
    {
        if (_offsets[0] != 0 || _offsets[^1] != _ids.Length)
            return $"its ids have {_ids.Length} bytes and the offsets go from {_offsets[0]} to {_offsets[^1]}";
        if (!Utf8.IsValid(_ids))
            return "its ids are not UTF-8";
        for (int row = 1; row < _offsets.Length; row++)
        {
            // An id begins at a character: 10xxxxxx is a later byte of one.
            if (_offsets[row] < _offsets[row - 1] || _offsets[row] > _ids.Length || (_offsets[row] < _ids.Length && (_ids[(int)_offsets[row]] & 0xC0) == 0x80))
                return $"its offset {row} is {_offsets[row]} after {_offsets[row - 1]}, of {_ids.Length} bytes of ids";
        }
        int taken = 0, rows = _offsets.Length - 1;
        foreach (int slot in _slots)
        {
            if ((uint)slot > (uint)rows)
                return $"its index holds row {slot - 1L} of {rows}";
            taken += slot == 0 ? 0 : 1;
        }
        return taken == rows ? null : $"its index holds {taken} of {rows} rows";
    }

    public ReadOnlySpan<byte> Id(int row) => _ids[(int)_offsets[row]..(int)_offsets[row + 1]];

    /// <summary>The slot that holds the item, or the empty one that it would take.</summary>
    public int FindSlot(DomainRange domain, ulong domainHash, ReadOnlySpan<byte> id)
    {
        int mask = _slots.Length - 1;
        int slot = (int)IdHash.Spread(IdHash.Append(domainHash, id)) & mask;
        while (_slots[slot] != 0)
        {
            int row = _slots[slot] - 1;
            if (row >= domain.FirstRow && row - domain.FirstRow < domain.Count && Id(row).SequenceEqual(id))
                break;
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}

/// <summary>
/// Lays rows into an item table's hash index, as docs/FORMAT.md defines it (linear probing, rows entered in order), a stretch of slots at
/// a time, so that memory does not grow with the rows. What lies behind a slot that stays empty does not depend on what lies before it,
/// so every stretch begins behind an empty slot and is exact up to its last one.
/// </summary>
/// <param name="hashes">64 bits a row, in order</param>
/// <param name="capacity">number of slots, a power of two above the rows</param>
/// <param name="refuseSame">is shown two rows of one hash, the earlier first, and throws where they are the same item</param>
internal sealed class SlotLayout(Spool hashes, int capacity, Action<int, int> refuseSame)
{
    private const int DefaultStretch = 1 << 20;

    private readonly ulong[] _piece = new ulong[1 << 13];
    private int[] _slots = [];
    private ulong[] _keys = [];

    /// <summary>The slots of a table: at least twice the rows.</summary>
    public static int Capacity(int rows) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2L * rows, 2));

    /// <summary>Writes all slots: row + 1, or 0.</summary>
    /// <param name="output">receives 4 bytes a slot</param>
    /// <param name="stretch">slots in memory; more are taken only where rows crowd together beyond all chance</param>
    public void WriteTo(Stream output, int stretch = DefaultStretch)
    {
        while (stretch < capacity)
        {
            using var written = new Spool();
            if (WriteStretches(written, stretch))
            {
                written.WriteTo(output);
                return;
            }
            stretch *= 2;
        }
        Fill(0, capacity);
        Write(output, 0, capacity);
    }

    /// <summary>
    /// Supposes that no row runs over the table's end past a slot that looks empty there, and goes round the table from behind that slot.
    /// </summary>
    /// <returns>false where the slot turned out to be taken: what was written means nothing then</returns>
    private bool WriteStretches(Stream output, int stretch)
    {
        Fill(capacity - stretch, stretch);
        int empty = LastEmpty(stretch);
        if (empty < 0)
            return false;
        int end = capacity - stretch + empty;

        // Over the end to the beginning.
        Fill(end + 1, stretch);
        int behindEnd = capacity - end - 1;
        int last = LastEmpty(stretch);
        if (last < behindEnd)
            return false;
        Write(output, behindEnd, last + 1);
        for (int next = last + 1 - behindEnd; next <= end; next += last + 1)
        {
            Fill(next, stretch);
            if (end - next < stretch)
            {
                if (_slots[end - next] != 0)
                    return false;
                last = end - next;
            }
            else if ((last = LastEmpty(stretch)) < 0)
            {
                return false;
            }
            Write(output, 0, last + 1);
        }
        Fill(end + 1, stretch);
        Write(output, 0, behindEnd);
        return true;
    }

    /// <summary>Enters all rows whose first slot is one of the <paramref name="count"/> slots from <paramref name="start"/> on, which may run over the table's end.</summary>
    private void Fill(int start, int count)
    {
        if (_slots.Length < count)
            (_slots, _keys) = (new int[count], new ulong[count]);
        Array.Clear(_slots, 0, count);
        for (long position = 0; position < hashes.Length;)
        {
            int taken = (int)Math.Min(_piece.Length, (hashes.Length - position) / sizeof(ulong));
            hashes.ReadAt(position, MemoryMarshal.AsBytes(_piece.AsSpan(0, taken)));
            int firstRow = (int)(position / sizeof(ulong));
            for (int i = 0; i < taken; i++)
            {
                int slot = ((int)IdHash.Spread(_piece[i]) - start) & (capacity - 1);
                if (slot < count)
                    Enter(slot, count, firstRow + i, _piece[i]);
            }
            position += (long)taken * sizeof(ulong);
        }
    }

    private void Enter(int slot, int count, int row, ulong hash)
    {
        while (_slots[slot] != 0)
        {
            if (_keys[slot] == hash)
                refuseSame(_slots[slot] - 1, row);
            if (++slot < count)
                continue;
            // Whatever does not fit a stretch belongs to the next one.
            if (count < capacity)
                return;
            slot = 0;
        }
        (_slots[slot], _keys[slot]) = (row + 1, hash);
    }

    private int LastEmpty(int count) => Array.LastIndexOf(_slots, 0, count - 1, count);

    private void Write(Stream output, int begin, int end) => output.Write(MemoryMarshal.AsBytes(_slots.AsSpan(begin..end)));
}
