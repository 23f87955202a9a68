namespace UniM2Rec.Trainer.Distributed;

/// <summary>How work is shared out: each process has a stretch of it.</summary>
internal static class Shares
{
    /// <summary>Stretches of about equal size.</summary>
    /// <param name="count">Pieces of work.</param>
    /// <param name="parts">Number of processes.</param>
    /// <returns>By process: how many pieces it has.</returns>
    public static int[] Even(int count, int parts) => [.. Enumerable.Range(0, parts).Select(p => (int)(((p + 1L) * count / parts) - ((long)p * count / parts)))];

    /// <summary>Stretches of about equal weight, each with one piece at least.</summary>
    /// <param name="weights">By piece: its weight. There are as many pieces as parts, at least.</param>
    /// <param name="parts">Number of processes.</param>
    /// <returns>By process: how many pieces it has.</returns>
    public static int[] Weighted(IReadOnlyList<int> weights, int parts)
    {
        long total = weights.Sum(w => (long)w), sum = 0;
        int[] counts = new int[parts];
        int part = 0;
        for (int piece = 0; piece < weights.Count; piece++)
        {
            int left = parts - part - 1;
            bool isFull = counts[part] > 0 && sum * parts >= total * (part + 1), mustLeave = counts[part] > 0 && weights.Count - piece <= left;
            if (left > 0 && (isFull || mustLeave)) part++;
            counts[part]++;
            sum += weights[piece];
        }

        return counts;
    }
}
