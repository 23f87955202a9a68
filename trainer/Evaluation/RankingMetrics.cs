using System.Globalization;
using System.Security.Cryptography;
using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Recall@K (with one target a user it equals HR@K), NDCG@K = 1 / log2(rank + 1) and MRR@K = 1 / rank where rank ≤ K, averaged over the targets; of ties
/// the expectation. Names are <c>recall@K</c>, <c>ndcg@K</c> and <c>mrr@K</c>.
/// </summary>
public static class RankingMetrics
{
    private static readonly string[] Kinds = ["recall", "ndcg", "mrr"];

    /// <param name="ranks">Each target's.</param>
    /// <param name="cutOffs">The Ks.</param>
    public static IReadOnlyDictionary<string, double> Compute(IReadOnlyCollection<Rank> ranks, IReadOnlyList<int> cutOffs)
    {
        var metrics = new Dictionary<string, double>();
        foreach (string name in Names(cutOffs)) metrics[name] = ranks.Sum(rank => Of(rank, name)) / Math.Max(1, ranks.Count);
        return metrics;
    }

    /// <summary>The metrics at some Ks, in the order in which they are kept.</summary>
    public static IEnumerable<string> Names(IEnumerable<int> cutOffs) => cutOffs.SelectMany(k => Kinds.Select(kind => $"{kind}@{k}"));

    /// <summary>One target's share of a metric.</summary>
    /// <exception cref="UserErrorException">There is no such metric.</exception>
    public static double Of(Rank rank, string name)
    {
        if (CutOff(name) is not { } k) throw new UserErrorException($"The metric '{Excerpt.Of(name)}' is unknown; name recall@K, ndcg@K or mrr@K with K of 1 or more.");
        return name[0] switch { 'r' => rank.Recall(k), 'n' => rank.Ndcg(k), _ => rank.Mrr(k) };
    }

    /// <summary>The value of one named metric.</summary>
    /// <exception cref="UserErrorException">There is no such metric.</exception>
    public static double Single(IReadOnlyCollection<Rank> ranks, string name) => ranks.Sum(rank => Of(rank, name)) / Math.Max(1, ranks.Count);

    /// <summary>The K of a metric's name; null where it is no such name.</summary>
    public static int? CutOff(string name) =>
        name.IndexOf('@') is var at and >= 0 && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int k) && k >= 1 && Kinds.Contains(name[..at]) ? k : null;

    /// <summary>Why figures that were kept can't be used, or null where they can.</summary>
    internal static string? Problem(IReadOnlyDictionary<string, double> figures) =>
        figures.Count == 0 ? "figures are missing"
        : figures.FirstOrDefault(f => CutOff(f.Key) is null || !(f.Value is >= 0 and <= 1)) is { Key: { } key } wrong ? $"'{Excerpt.Of(key)}' has the figure {wrong.Value}"
        : null;
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
    private static readonly string[] Columns = ["user_id", "rank", "tied", "domain", "item_id"];

    /// <summary>Writes the file.</summary>
    /// <returns>SHA-256 of what was written.</returns>
    public static string Save(string path, IEnumerable<TargetRank> ranks)
    {
        var all = ranks.ToList();
        AtomicFile.Write(path, stream => Write(stream, all));
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write)) Write(hashing, all);
        return Convert.ToHexStringLower(hash.Hash!);
    }

    /// <param name="files">The file, and what makes it.</param>
    /// <param name="report">The figures that are of these ranks.</param>
    /// <exception cref="UserErrorException">The file is missing, has another form, or is not that of the figures.</exception>
    public static IReadOnlyList<TargetRank> Load(EvaluationFiles files, EvaluationReport report)
    {
        var (path, command) = (files.Ranks, files.Command);
        if (FileKinds.Of(path) == FileKind.Missing) throw new UserErrorException($"The ranks {path} do not exist; run {command} first.");
        RegularFile.Require(path);
        if (report.Ranks is { } digest && HashOf(path) != digest)
            throw new UserErrorException($"The ranks {path} are not those that {Path.GetFileName(files.Evaluation)} beside them was made from; run {command} again.");
        try
        {
            return [.. KeptTable.Read(path, Columns).Select((row, index) =>
                Rank.Parse(row[1], row[2]) is { } rank && rank.Above + (long)rank.Tied < report.Items
                    ? new TargetRank(row[0], row[3], row[4], rank)
                    : throw new FormatException($"row {index + 2} has the rank '{row[1]}' with '{row[2]}' ties among {report.Items:N0} items"))];
        }
        catch (FormatException error)
        {
            throw new UserErrorException($"The ranks {path} can't be read ({error.Message}; expected {string.Join(',', Columns)} in each row); run {command} again.", error);
        }
    }

    private static string HashOf(string path)
    {
        using var file = RegularFile.Open(path, "the ranks of an evaluation");
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void Write(Stream stream, IEnumerable<TargetRank> ranks)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        CsvText.WriteRow(writer, Columns);
        foreach (var r in ranks)
        {
            var (middle, tied) = r.Rank.ToText();
            CsvText.WriteRow(writer, r.User, middle, tied, r.Domain, r.ItemId);
        }
    }
}
