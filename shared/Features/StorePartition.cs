using System.Globalization;

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
        throw UserErrorException.Usage($"the partition '{text}' is no share of a run; expected i/n with i from 1 to n, for example 2/8.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>Numbers of the share's shards: first, and the one after the last.</summary>
    internal (int First, int End) Shards(int shardCount) =>
        ((int)((long)shardCount * (Index - 1) / Count), (int)((long)shardCount * Index / Count));
}

/// <summary>The rows of a shard.</summary>
/// <param name="Index">number of the shard, from 0</param>
/// <param name="FirstRow">position of its first row, which in a store that has not grown is the row</param>
/// <param name="Rows">number of its rows</param>
public readonly record struct ShardRange(int Index, int FirstRow, int Rows)
{
    /// <summary>All shards of a store.</summary>
    internal static int CountFor(int rows, int shardRows) => (int)(((long)rows + shardRows - 1) / shardRows);

    /// <summary>The shards of rows that follow each other from a position on, at which a shard begins.</summary>
    internal static IEnumerable<ShardRange> From(int first, int count, int shardRows) =>
        Enumerable.Range(0, CountFor(count, shardRows)).Select(k => new ShardRange(first / shardRows + k, first + k * shardRows, Math.Min(shardRows, count - k * shardRows)));

    /// <summary>The shard of this number.</summary>
    internal static ShardRange At(int index, int rows, int shardRows)
    {
        int firstRow = index * shardRows;
        return new ShardRange(index, firstRow, Math.Min(shardRows, rows - firstRow));
    }
}
