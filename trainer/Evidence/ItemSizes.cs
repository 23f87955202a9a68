namespace UniM2Rec.Trainer.Evidence;

/// <summary>What relations between items are divided by: a power of how many users have the item in training.</summary>
public sealed class ItemSizes
{
    private readonly float[] _scale;
    private readonly float[] _withoutOne;

    /// <param name="owners">By row of the store: how many users have the item.</param>
    /// <param name="power">0 divides by nothing; 0.5 of both items makes a cosine of the items' user sets.</param>
    public ItemSizes(IEnumerable<int> owners, double power)
    {
        var counts = owners.ToArray();
        _scale = Array.ConvertAll(counts, n => n == 0 ? 0 : (float)Math.Pow(n, -power));
        _withoutOne = Array.ConvertAll(counts, n => n <= 1 ? 0 : (float)Math.Pow((double)n / (n - 1), power));
    }

    /// <summary>(users of the item)^−power, 0 for items that training never saw.</summary>
    public float Scale(int row) => _scale[row];

    /// <summary>What <see cref="Scale"/> is multiplied by when one of the item's users does not count.</summary>
    public float WithoutOne(int row) => _withoutOne[row];
}
