using System.Globalization;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Features;

/// <summary>One of several shares of a run, made apart and merged later.</summary>
/// <param name="Index">which share, from 1</param>
/// <param name="Count">of how many</param>
public sealed record StorePartition(int Index, int Count)
{
    /// <summary>Reads "i/n", for example "2/8".</summary>
    /// <exception cref="UserErrorException">another form, or i is not between 1 and n</exception>
    public static StorePartition Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && index >= 1 && index <= count)
        {
            return new StorePartition(index, count);
        }
        throw new UserErrorException($"the partition '{text}' is no share of a run; expected i/n with i from 1 to n, for example 2/8.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>Numbers of the share's shards: first, and the one after the last.</summary>
    internal (int First, int End) Shards(int shardCount) =>
        ((int)((long)shardCount * (Index - 1) / Count), (int)((long)shardCount * Index / Count));
}
