namespace UniM2Rec.Features;

/// <summary>The rows of a shard.</summary>
/// <param name="Index">number of the shard, from 0</param>
/// <param name="FirstRow">its first row in the store</param>
/// <param name="Rows">number of its rows</param>
public readonly record struct ShardRange(int Index, int FirstRow, int Rows)
{
    /// <summary>All shards of a store.</summary>
    internal static int CountFor(int rows, int shardRows) => (int)(((long)rows + shardRows - 1) / shardRows);

    /// <summary>The shard of this number.</summary>
    internal static ShardRange At(int index, int rows, int shardRows)
    {
        int firstRow = index * shardRows;
        return new ShardRange(index, firstRow, Math.Min(shardRows, rows - firstRow));
    }
}
