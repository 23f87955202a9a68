using System.Globalization;
using CsvHelper;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Recall@K (with one target a user it equals HR@K) and NDCG@K = 1 / log2(rank + 1) where rank ≤ K, averaged over the targets; of ties the expectation.
/// Names are <c>recall@K</c> and <c>ndcg@K</c>.
/// </summary>
public static class RankingMetrics
{
    /// <param name="ranks">Each target's.</param>
    /// <param name="cutOffs">The Ks.</param>
    public static IReadOnlyDictionary<string, double> Compute(IReadOnlyCollection<Rank> ranks, IReadOnlyList<int> cutOffs)
    {
        var metrics = new Dictionary<string, double>();
        foreach (int k in cutOffs)
        {
            int targets = Math.Max(1, ranks.Count);
            metrics[$"recall@{k}"] = ranks.Sum(rank => rank.Recall(k)) / targets;
            metrics[$"ndcg@{k}"] = ranks.Sum(rank => rank.Ndcg(k)) / targets;
        }

        return metrics;
    }

    /// <summary>The value of one named metric.</summary>
    /// <exception cref="UserErrorException">The name is not of the form recall@K or ndcg@K.</exception>
    public static double Single(IReadOnlyCollection<Rank> ranks, string name)
    {
        int at = name.IndexOf('@');
        if (at < 0 || !int.TryParse(name.AsSpan(at + 1), out int k) || k < 1 || name[..at] is not ("recall" or "ndcg"))
            throw new UserErrorException($"The metric '{name}' is unknown; name recall@K or ndcg@K with K of 1 or more.");
        return Compute(ranks, [k])[name];
    }
}

/// <summary>Is a difference in mean NDCG@K between two models, on the same users, more than chance? A paired bootstrap over users.</summary>
public static class PairedBootstrap
{
    private const int Resamples = 2000;

    /// <param name="first">Per-user figures of one model.</param>
    /// <param name="second">Of the other, in the same order of users.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    /// <returns>The mean difference, second − first, and its 95% interval.</returns>
    public static (double Mean, double Low, double High) Difference(double[] first, double[] second, int seed = 1)
    {
        double[] differences = second.Zip(first, (b, a) => b - a).ToArray();
        var random = new Random(seed);
        double[] means = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            double sum = 0;
            for (int i = 0; i < differences.Length; i++) sum += differences[random.Next(differences.Length)];
            means[r] = sum / differences.Length;
        }

        Array.Sort(means);
        return (differences.Average(), means[(int)(Resamples * 0.025)], means[(int)(Resamples * 0.975)]);
    }
}

/// <summary>A user's target and its rank; a user may have several, also of one item.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Domain">The target's domain.</param>
/// <param name="ItemId">The target's id.</param>
/// <param name="Rank">Where it stands.</param>
public sealed record TargetRank(string User, string Domain, string ItemId, Rank Rank);

/// <summary>The rank of each target as CSV (<c>user_id,rank,tied,domain,item_id</c>: the middle of the places that the target may have, and how many others it is tied with), so that runs can be compared on the same users.</summary>
public static class RankFile
{
    /// <summary>Writes the file.</summary>
    public static void Save(string path, IEnumerable<TargetRank> ranks) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        CsvText.WriteRow(writer, "user_id", "rank", "tied", "domain", "item_id");
        foreach (var r in ranks)
        {
            var (middle, tied) = r.Rank.ToText();
            CsvText.WriteRow(writer, r.User, middle, tied, r.Domain, r.ItemId);
        }

    });

    /// <param name="path">The file.</param>
    /// <param name="command">What makes it.</param>
    /// <exception cref="UserErrorException">The file is missing or has another form.</exception>
    public static IReadOnlyList<TargetRank> Load(string path, string command)
    {
        if (!File.Exists(path)) throw new UserErrorException($"The ranks {path} do not exist; run {command} first.");
        using var csv = CsvReader.FromFile(path, new CsvReaderOptions { Separator = ',', FormatProvider = CultureInfo.InvariantCulture });
        csv.ReadHeader();
        var ranks = new List<TargetRank>();
        for (int line = 2; csv.Read(); line++)
        {
            if (csv.FieldCount != 5 || Rank.Parse(csv.GetString(1), csv.GetString(2)) is not { } rank)
                throw new UserErrorException($"The ranks {path} have no user_id,rank,tied,domain,item_id in row {line}; run {command} again.");
            ranks.Add(new TargetRank(csv.GetString(0), csv.GetString(3), csv.GetString(4), rank));
        }

        return ranks;
    }
}
