namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Cuts a window into batches: items of like length together, as many as fit a budget of padded tokens, longest first, so that the largest
/// memory is asked for once. Depends on the window alone, so that a resumed run makes the same batches and the same numbers.
/// </summary>
public sealed class BatchPlan
{
    private readonly int _tokenBudget;
    private readonly int _maxItems;
    private readonly int _fixedLength;
    private readonly List<(int Start, int Count, int Length)> _batches = [];
    private int[] _order = [];
    private long[] _keys = [];

    /// <summary>Makes a plan that is used again for each window.</summary>
    /// <param name="tokenBudget">Padded tokens a batch at most (a single longer item still makes a batch).</param>
    /// <param name="maxItems">Items a batch at most.</param>
    /// <param name="fixedLength">Length that every row is padded to; 0 = the longest of its batch.</param>
    public BatchPlan(int tokenBudget, int maxItems, int fixedLength = 0)
    {
        _tokenBudget = tokenBudget;
        _maxItems = maxItems;
        _fixedLength = fixedLength;
    }

    /// <summary>The batches: where each begins in <see cref="Items"/>, how many items it has, and its padded length.</summary>
    public IReadOnlyList<(int Start, int Count, int Length)> Batches => _batches;

    /// <summary>Tokens in all windows planned so far.</summary>
    public long Tokens { get; private set; }

    /// <summary>Tokens and padding in all windows planned so far.</summary>
    public long PaddedTokens { get; private set; }

    /// <summary>The items of a batch.</summary>
    public ReadOnlySpan<int> Items((int Start, int Count, int Length) batch) => _order.AsSpan(batch.Start, batch.Count);

    /// <summary>Plans a window.</summary>
    /// <param name="lengths">Tokens of each item.</param>
    /// <param name="wanted">Which items are to be encoded.</param>
    public void Plan(ReadOnlySpan<int> lengths, Func<int, bool> wanted)
    {
        if (_order.Length < lengths.Length)
            (_order, _keys) = (new int[lengths.Length], new long[lengths.Length]);
        var count = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            if (!wanted(i))
                continue;
            _order[count] = i;
            _keys[count++] = (-(long)lengths[i] << 32) + i;
        }

        Array.Sort(_keys, _order, 0, count);
        _batches.Clear();
        for (var start = 0; start < count;)
        {
            var length = _fixedLength > 0 ? _fixedLength : lengths[_order[start]];
            var size = Math.Min(Math.Clamp(_tokenBudget / Math.Max(length, 1), 1, _maxItems), count - start);
            _batches.Add((start, size, length));
            PaddedTokens += (long)length * size;
            for (var i = start; i < start + size; i++)
                Tokens += lengths[_order[i]];
            start += size;
        }
    }
}
