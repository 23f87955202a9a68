namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Cuts a window into batches: items of like length together, as many as fit a budget of padded tokens, longest first, so that the largest
/// memory is asked for once. With length buckets, every batch has one of few shapes. Depends on the window alone, so that a resumed run makes the same batches and the same numbers.
/// </summary>
public sealed class BatchPlan
{
    private readonly int _tokenBudget;
    private readonly int _maxItems;
    private readonly int[] _lengths;
    private readonly bool _fixedRows;
    private readonly List<(int Start, int Count, int Rows, int Length)> _batches = [];
    private int[] _order = [];
    private long[] _keys = [];

    /// <summary>Makes a plan that is used again for each window.</summary>
    /// <param name="tokenBudget">Padded tokens a batch at most (a single longer item still makes a batch).</param>
    /// <param name="maxItems">Items a batch at most.</param>
    /// <param name="lengths">Lengths that batches are padded to, ascending, up to the longest item; null = each to its longest item.</param>
    /// <param name="fixedRows">Whether a batch with too few items is filled up with rows that mean nothing.</param>
    public BatchPlan(int tokenBudget, int maxItems, int[]? lengths = null, bool fixedRows = false)
    {
        _tokenBudget = tokenBudget;
        _maxItems = maxItems;
        _lengths = lengths ?? [];
        _fixedRows = fixedRows;
    }

    /// <summary>The batches: where each begins in <see cref="Items"/>, how many items and rows it has, and its padded length.</summary>
    public IReadOnlyList<(int Start, int Count, int Rows, int Length)> Batches => _batches;

    /// <summary>The shapes that batches of fixed rows can have, the largest first.</summary>
    public IEnumerable<(int Rows, int Length)> Shapes => _lengths.Reverse().Select(length => (Rows(length), length));

    /// <summary>Tokens in all windows planned so far.</summary>
    public long Tokens { get; private set; }

    /// <summary>Tokens and padding in all windows planned so far.</summary>
    public long PaddedTokens { get; private set; }

    /// <summary>The items of a batch.</summary>
    public ReadOnlySpan<int> Items((int Start, int Count, int Rows, int Length) batch) => _order.AsSpan(batch.Start, batch.Count);

    /// <summary>Plans a window.</summary>
    /// <param name="lengths">Tokens of each item.</param>
    /// <param name="wanted">Which items are to be encoded.</param>
    public void Plan(ReadOnlySpan<int> lengths, Func<int, bool> wanted)
    {
        if (_order.Length < lengths.Length)
            (_order, _keys) = (new int[lengths.Length], new long[lengths.Length]);
        int count = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (!wanted(i))
                continue;
            _order[count] = i;
            _keys[count++] = (-(long)lengths[i] << 32) + i;
        }

        Array.Sort(_keys, _order, 0, count);
        _batches.Clear();
        for (int start = 0; start < count;)
        {
            int length = Padded(lengths[_order[start]]);
            int size = Math.Min(Rows(length), count - start);
            int rows = _fixedRows ? Rows(length) : size;
            _batches.Add((start, size, rows, length));
            PaddedTokens += (long)length * rows;
            for (int i = start; i < start + size; i++)
                Tokens += lengths[_order[i]];
            start += size;
        }
    }

    /// <summary>Halves of the longest length, down to about 16, ascending: few, and none pads an item to more than twice its length.</summary>
    public static int[] LengthBuckets(int longest)
    {
        const int shortest = 16;
        var lengths = new List<int>();
        for (int length = longest; ; length = (length + 1) / 2)
        {
            lengths.Insert(0, length);
            if (length <= shortest)
                return [.. lengths];
        }
    }

    private int Rows(int length) => Math.Clamp(_tokenBudget / Math.Max(length, 1), 1, _maxItems);

    private int Padded(int length) => _lengths.Length == 0 ? length : _lengths.First(bucket => bucket >= length);
}
