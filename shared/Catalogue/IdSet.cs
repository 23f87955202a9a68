namespace UniM2Rec.Catalogue;

/// <summary>A set of ids held as UTF-8 in one array: about 22 bytes an id, where a set of strings takes 100.</summary>
internal sealed class IdSet
{
    private byte[] text = new byte[1 << 12];
    private int[] ends = new int[1 << 8];
    private int[] slots = new int[1 << 10];
    private int count;

    /// <summary>Adds an id; false when it is there already.</summary>
    public bool Add(ReadOnlySpan<byte> id)
    {
        int slot = FindSlot(id);
        if (slots[slot] != 0)
            return false;
        int used = count == 0 ? 0 : ends[count - 1];
        long needed = (long)used + id.Length;
        if (needed > text.Length)
            Array.Resize(ref text, checked((int)Math.Max(needed, Math.Min(Array.MaxLength, 2L * text.Length))));
        id.CopyTo(text.AsSpan(used));
        if (count == ends.Length)
            Array.Resize(ref ends, 2 * count);
        ends[count++] = used + id.Length;
        slots[slot] = count;
        if (2 * count > slots.Length)
            Grow();
        return true;
    }

    private int FindSlot(ReadOnlySpan<byte> id)
    {
        int mask = slots.Length - 1;
        int slot = (int)IdHash.Spread(IdHash.Append(IdHash.Start, id)) & mask;
        while (slots[slot] != 0 && !IdAt(slots[slot] - 1).SequenceEqual(id))
            slot = (slot + 1) & mask;
        return slot;
    }

    private ReadOnlySpan<byte> IdAt(int index)
    {
        int start = index == 0 ? 0 : ends[index - 1];
        return text.AsSpan(start, ends[index] - start);
    }

    private void Grow()
    {
        slots = new int[2 * slots.Length];
        for (int index = 0; index < count; index++)
            slots[FindSlot(IdAt(index))] = index + 1;
    }
}
