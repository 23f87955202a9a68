namespace UniM2Rec.Extractor.Synthesis;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): one stream for each purpose and index, so that items can be made in parallel and still
/// come out the same.
/// </summary>
public struct SeededRandom
{
    private ulong _state;

    /// <summary>A stream of its own for (seed, purpose, index).</summary>
    public SeededRandom(int seed, int purpose, int index)
    {
        _state = SplitMix64.Mix((uint)seed * SplitMix64.Golden + SplitMix64.Mix((ulong)(uint)purpose << 32 | (uint)index));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => SplitMix64.Mix(_state += SplitMix64.Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => SplitMix64.ToUnit(NextBits());

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 .. limit − 1.</summary>
    public int Below(int limit) => (int)(NextDouble() * limit);

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Exponentially distributed with a mean.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - NextDouble());

    /// <summary>An index drawn by weights, given as their running sums.</summary>
    public int Draw(ReadOnlySpan<double> runningSums)
    {
        double point = NextDouble() * runningSums[^1];
        int found = runningSums.BinarySearch(point);
        return Math.Min(found >= 0 ? found + 1 : ~found, runningSums.Length - 1);
    }
}

/// <summary>Streams of <see cref="SeededRandom"/>, so that a change in one part leaves the others' draws alone.</summary>
internal static class RandomPurpose
{
    public const int Attributes = 1;
    public const int Text = 2;
    public const int Picture = 3;
    public const int Transitions = 4;
    public const int Shopper = 5;
    public const int MissingPicture = 6;
}
