namespace UniM2Rec.Models.Numerics;

/// <summary>
/// Pseudo-random numbers that are the same on every machine: SplitMix64, and nothing but exact arithmetic on top of it. The uniform numbers
/// have variance 1, which serves random projections as well as normal ones do.
/// </summary>
internal sealed class RandomNumbers(ulong seed)
{
    private const double Width = 3.4641016151377544;   // 2√3: variance 1
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => SplitMix64.Mix(_state += SplitMix64.Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => SplitMix64.ToUnit(NextBits());

    /// <summary>Uniform with mean 0 and variance 1.</summary>
    public float NextCentred() => (float)((NextUnit() - 0.5) * Width);

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + (high - low) * NextUnit();

    /// <summary>Uniform in {0, …, count − 1}.</summary>
    public int Below(int count) => (int)(NextUnit() * count);

    /// <summary>Fills with centred numbers times a factor.</summary>
    public float[] Fill(long count, float factor)
    {
        float[] values = new float[count];
        for (long i = 0; i < count; i++)
            values[i] = NextCentred() * factor;
        return values;
    }
}
