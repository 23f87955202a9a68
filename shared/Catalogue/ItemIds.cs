using System.Runtime.InteropServices;

namespace UniM2Rec.Catalogue;

/// <summary>A set of ids, numbered as they came, held as UTF-8 in one array: about 22 bytes an id, where a set of strings takes 100.</summary>
public sealed class IdSet
{
    private byte[] _text = new byte[1 << 12];
    private int[] _ends = new int[1 << 8];
    private int[] _slots = new int[1 << 10];
    private int _count;

    /// <summary>Number of ids.</summary>
    public int Count => _count;

    /// <summary>The ids one after the other.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _count == 0 ? 0 : _ends[_count - 1]);

    /// <summary>By number: where in <see cref="Text"/> the id ends.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, _count);

    /// <summary>The number of an id, which is added where it is new.</summary>
    /// <exception cref="OverflowException">all ids together have 2 GiB</exception>
    public int Number(ReadOnlySpan<byte> id)
    {
        int slot = FindSlot(id);
        return _slots[slot] != 0 ? _slots[slot] - 1 : Add(id, slot);
    }

    /// <summary>Adds an id; false when it is there already.</summary>
    /// <inheritdoc cref="Number"/>
    public bool Add(ReadOnlySpan<byte> id)
    {
        int slot = FindSlot(id);
        if (_slots[slot] != 0)
            return false;
        Add(id, slot);
        return true;
    }

    private int Add(ReadOnlySpan<byte> id, int slot)
    {
        int used = _count == 0 ? 0 : _ends[_count - 1];
        long needed = (long)used + id.Length;
        if (needed > _text.Length)
            Array.Resize(ref _text, checked((int)Math.Max(needed, Math.Min(Array.MaxLength, 2L * _text.Length))));
        id.CopyTo(_text.AsSpan(used));
        if (_count == _ends.Length)
            Array.Resize(ref _ends, 2 * _count);
        _ends[_count++] = used + id.Length;
        _slots[slot] = _count;
        if (2 * _count > _slots.Length)
            Grow();
        return _count - 1;
    }

    private int FindSlot(ReadOnlySpan<byte> id)
    {
        int mask = _slots.Length - 1;
        int slot = (int)IdHash.Spread(IdHash.Append(IdHash.Start, id)) & mask;
        while (_slots[slot] != 0 && !IdAt(_slots[slot] - 1).SequenceEqual(id))
            slot = (slot + 1) & mask;
        return slot;
    }

    private ReadOnlySpan<byte> IdAt(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _text.AsSpan(start, _ends[index] - start);
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (int index = 0; index < _count; index++)
            _slots[FindSlot(IdAt(index))] = index + 1;
    }
}

/// <summary>
/// Finds the hashes that more than one row's item id has, in memory that does not grow with the table: hashes go to a temporary file
/// (8 bytes a row), and are compared a share of their range at a time.
/// </summary>
internal static class SuspectIds
{
    /// <summary>Tables shorter than this, in bytes, are cheaper to check while they are read, by keeping their ids.</summary>
    public const long LargeTable = 16 << 20;

    private const int HashesAtOnce = 1 << 19;

    /// <param name="folder">the catalogue's</param>
    /// <param name="domain">domain of the table</param>
    /// <param name="hashesAtOnce">hashes that are held in memory</param>
    /// <returns>hashes (<see cref="IdHash"/>) of every id that is there twice, and of few others</returns>
    /// <exception cref="Diagnostics.UserErrorException">items.csv is missing, unreadable or has no item_id</exception>
    public static HashSet<ulong> Find(string folder, string domain, int hashesAtOnce = HashesAtOnce)
    {
        using var hashes = new Spool();
        using (var rejects = new RejectLog(csvPath: null))
        using (var table = CsvTable.OpenCatalogue(CatalogueLayout.Items(folder, domain), domain, rejects, sharesStrings: false))
        {
            int id = table.Require("item_id");
            table.Expect([id]);
            while (table.Read())
            {
                ulong hash = IdHash.Append(IdHash.Start, table.Span(id));
                hashes.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in hash)));
            }
        }
        return Repeated(hashes, hashesAtOnce);
    }

    private static HashSet<ulong> Repeated(Spool hashes, int hashesAtOnce)
    {
        var repeated = new HashSet<ulong>();
        uint shares = (uint)(hashes.Length / sizeof(ulong) / hashesAtOnce) + 1;
        var met = new HashSet<ulong>((int)Math.Min(hashes.Length / sizeof(ulong), hashesAtOnce + hashesAtOnce / 8));
        ulong[] piece = new ulong[1 << 13];
        for (uint share = 0; share < shares; share++)
        {
            met.Clear();
            for (long position = 0; position < hashes.Length;)
            {
                int count = (int)Math.Min(piece.Length, (hashes.Length - position) / sizeof(ulong));
                hashes.ReadAt(position, MemoryMarshal.AsBytes(piece.AsSpan(0, count)));
                foreach (ulong hash in piece.AsSpan(0, count))
                {
                    if (IdHash.Spread(hash) % shares == share && !met.Add(hash))
                        repeated.Add(hash);
                }
                position += (long)count * sizeof(ulong);
            }
        }
        return repeated;
    }
}

/// <summary>FNV-1a, 64 bits: short, the same on every machine, and good enough for ids in a table half full at most.</summary>
internal static class IdHash
{
    public const ulong Start = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    public static ulong Append(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            hash = (hash ^ value) * Prime;
        return hash;
    }

    /// <summary>Brings the high half into the low bits, which choose the slot.</summary>
    public static uint Spread(ulong hash) => (uint)(hash ^ (hash >> 32));
}
