namespace UniM2Rec.Numerics;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a hash of 64 bits with full avalanche, and a stream of random bits made of it; the same on
/// every machine.
/// </summary>
public static class SplitMix64
{
    /// <summary>What a stream's state grows by: 2⁶⁴ divided by the golden ratio.</summary>
    public const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>The hash: every bit of the result depends on every bit of <paramref name="x"/>.</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>
    /// A number that depends on every bit of every part and on their order: what a stream is for (seed, epoch, step, …) is mixed in part by part, as parts
    /// that were shifted and joined would meet where one outgrows its bits.
    /// </summary>
    public static ulong MixAll(params ReadOnlySpan<long> parts)
    {
        ulong state = (ulong)parts.Length;
        foreach (long part in parts) state = Mix((state + Golden) ^ Mix((ulong)part + Golden));
        return state;
    }

    /// <summary>A number in [0, 1) from random bits.</summary>
    public static double ToUnit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
