using System.Text.Json;
using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>How a model does when features are degraded, beside how it does with all of them; kept as <c>robustness.json</c>.</summary>
/// <param name="Split">test or validation.</param>
/// <param name="MaskHistory">Whether the users' own history was taken out of the rankings.</param>
/// <param name="Users">Users ranked for.</param>
/// <param name="Items">Candidates of each ranking.</param>
/// <param name="Metrics">recall@K and ndcg@K with the features as they are.</param>
/// <param name="Degraded">The same under each degradation, by kind and share.</param>
public sealed record RobustnessReport(
    string Split, bool MaskHistory, int Users, int Items, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<DegradedFigures> Degraded)
{
    /// <summary>Writes the file.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, KeptJson.SerializeWithChecksum(this));

    /// <summary>Writes the file with what it has already of the same rankings.</summary>
    public void SaveBeside(string path) => (FileKinds.Of(path) == FileKind.Missing ? this : With(Load(path))).Save(path);

    /// <exception cref="UserErrorException">The file can't be read as such a report.</exception>
    public static RobustnessReport Load(string path)
    {
        try
        {
            var report = KeptJson.Read<RobustnessReport>(path, "figures with degraded features");
            return report.Problem() is { } problem ? throw new JsonException(problem) : report;
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"The robustness figures {path} can't be read ({error.Message.TrimEnd('.')}); delete the file and run unim2rec-train evaluate with --remove or --noise again.", error);
        }
    }

    private string? Problem()
    {
        if (Users < 0 || Items < 1 || Degraded.Any(d => d is null or { DegradedItems: < 0 } || d.Degradation.Removed.Concat(d.Degradation.Noised).Any(name => name is null)))
            return "a part of the figures is missing";
        if (Degraded.Any(d => d.LossPercent.Values.Any(loss => !double.IsFinite(loss)) || !double.IsFinite(d.Degradation.Share) || !double.IsFinite(d.Degradation.NoiseScale)))
            return "a number is not finite";
        return Degraded.Select(d => d.Metrics).Prepend(Metrics).Select(RankingMetrics.Problem).FirstOrDefault(p => p is not null);
    }

    /// <summary>This report with the figures of an earlier one that are of the same rankings, replaced where both have them.</summary>
    public RobustnessReport With(RobustnessReport earlier)
    {
        bool same = (earlier.Split, earlier.MaskHistory, earlier.Users, earlier.Items) == (Split, MaskHistory, Users, Items)
            && earlier.Metrics.Count == Metrics.Count && earlier.Metrics.All(m => Metrics.TryGetValue(m.Key, out double figure) && figure == m.Value);
        if (!same) return this;
        var all = Degraded.Concat(earlier.Degraded).Select(d => (Figures: d, What: d.Degradation)).DistinctBy(d => (d.What.Kind(), d.What.Histories, d.What.Share, d.What.Seed));
        return this with
        {
            Degraded = all.OrderBy(d => d.What.Kind(), StringComparer.Ordinal).ThenBy(d => d.What.Histories).ThenBy(d => d.What.Seed).ThenBy(d => d.What.Share).Select(d => d.Figures).ToList(),
        };
    }
}

/// <summary>The figures under one degradation.</summary>
/// <param name="Degradation">What was done.</param>
/// <param name="DegradedItems">To how many items, of all domains; or to how many users' histories.</param>
/// <param name="Metrics">recall@K and ndcg@K.</param>
/// <param name="LossPercent">By metric: how much less that is than with the features as they are, in percent of it; metrics that were 0 are left out.</param>
public sealed record DegradedFigures(
    Degradation Degradation, int DegradedItems, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double> LossPercent)
{
    /// <param name="degradation">What was done.</param>
    /// <param name="items">To how many items.</param>
    /// <param name="metrics">What came of it.</param>
    /// <param name="whole">The same metrics with the features as they are.</param>
    public static DegradedFigures Of(
        Degradation degradation, int items, IReadOnlyDictionary<string, double> metrics, IReadOnlyDictionary<string, double> whole) =>
        new(degradation, items, metrics, metrics.Where(m => whole[m.Key] > 0).ToDictionary(m => m.Key, m => 100 * (whole[m.Key] - m.Value) / whole[m.Key]));
}
