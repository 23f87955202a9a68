namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Recall@K (with one target a user it equals HR@K) and NDCG@K = 1 / log2(rank + 1) where rank ≤ K, averaged over users.
/// Names are <c>recall@K</c> and <c>ndcg@K</c>.
/// </summary>
public static class RankingMetrics
{
    /// <param name="ranks">Each user's rank of the target, from 1; ties may leave halves.</param>
    /// <param name="cutOffs">The Ks.</param>
    public static IReadOnlyDictionary<string, double> Compute(IReadOnlyCollection<double> ranks, IReadOnlyList<int> cutOffs)
    {
        var metrics = new Dictionary<string, double>();
        foreach (int k in cutOffs)
        {
            double recall = 0, ndcg = 0;
            foreach (double rank in ranks)
            {
                if (rank > k) continue;
                recall++;
                ndcg += 1 / Math.Log2(rank + 1);
            }

            int users = Math.Max(1, ranks.Count);
            metrics[$"recall@{k}"] = recall / users;
            metrics[$"ndcg@{k}"] = ndcg / users;
        }

        return metrics;
    }

    /// <summary>The value of one named metric.</summary>
    /// <exception cref="UserErrorException">The name is not of the form recall@K or ndcg@K.</exception>
    public static double Single(IReadOnlyCollection<double> ranks, string name)
    {
        int at = name.IndexOf('@');
        if (at < 0 || !int.TryParse(name.AsSpan(at + 1), out int k) || k < 1 || name[..at] is not ("recall" or "ndcg"))
            throw new UserErrorException($"The metric '{name}' is unknown; name recall@K or ndcg@K with K of 1 or more.");
        return Compute(ranks, [k])[name];
    }
}
