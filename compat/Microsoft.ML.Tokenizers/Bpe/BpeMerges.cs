namespace Microsoft.ML.Tokenizers;

/// <summary>The merges by rank: of all neighbouring pairs, the one of lowest rank (then leftmost) is joined first, until none is left.</summary>
internal sealed class BpeMerges
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> merges = [];

    internal BpeMerges(IEnumerable<string>? lines, IReadOnlyDictionary<string, int> ids, int prefixLength)
    {
        foreach (var line in lines ?? [])
        {
            var (left, right) = Halves(line);
            if (right.Length <= prefixLength)
            {
                throw new InvalidOperationException(
                    $"The merge value '{right}' is too short to be merged with a prefix of length {prefixLength}. This implies that the merge file is either damaged or missing the prefix in its entries.");
            }
            merges.Add((Id(ids, left), Id(ids, right)), (merges.Count, Id(ids, left + right[prefixLength..])));
        }
    }

    /// <summary>Joins a word's characters in place; what is left are its tokens.</summary>
    internal void Apply(List<BpePiece> pieces)
    {
        var word = pieces.ToArray();
        var next = Enumerable.Range(1, word.Length).ToArray();
        var previous = Enumerable.Range(-1, word.Length).ToArray();
        var queue = new PriorityQueue<int, (int Rank, int Position)>();
        void Enqueue(int left, int right)
        {
            if (left >= 0 && right < word.Length && merges.TryGetValue((word[left].Id, word[right].Id), out var merge))
                queue.Enqueue(merge.Id, (merge.Rank, left));
        }
        for (var i = 0; i + 1 < word.Length; i++)
            Enqueue(i, i + 1);
        while (queue.TryDequeue(out var id, out var priority))
        {
            var left = priority.Position;
            var right = next[left];
            // An entry is out of date once either of its two was joined with another.
            if (word[left].Length == 0 || right >= word.Length
                || !merges.TryGetValue((word[left].Id, word[right].Id), out var merge) || merge.Id != id)
            {
                continue;
            }
            word[left] = new BpePiece(id, word[left].Length + word[right].Length);
            word[right] = default;
            next[left] = next[right];
            if (next[right] < word.Length)
                previous[next[right]] = left;
            Enqueue(previous[left], left);
            Enqueue(left, next[left]);
        }
        pieces.Clear();
        pieces.AddRange(word.Where(piece => piece.Length > 0));
    }

    private static (string Left, string Right) Halves(string? line)
    {
        if (line is null)
            throw new InvalidOperationException("The merge entries cannot be null.");
        var halves = line.Split(' ');
        if (halves.Length != 2 || halves[1].Length == 0)
            throw new InvalidOperationException("Invalid merger file format");
        return (halves[0], halves[1]);
    }

    private static int Id(IReadOnlyDictionary<string, int> ids, string token)
        => ids.TryGetValue(token, out var id)
            ? id
            : throw new InvalidOperationException($"Trying to merge a token '{token}' which not exist in the vocabulary.");
}
