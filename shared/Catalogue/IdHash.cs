namespace UniM2Rec.Catalogue;

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
