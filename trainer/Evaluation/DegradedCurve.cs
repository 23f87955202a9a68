using MathNet.Numerics.Statistics;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>How a variant does in one metric over the share that is degraded, as a mean over its runs.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Kind">What is done to features, without the share.</param>
/// <param name="Histories">Whether the share is of users' histories instead of items.</param>
/// <param name="Points">By ascending share, from that of nothing.</param>
public sealed record DegradedCurve(string Variant, string Kind, bool Histories, IReadOnlyList<DegradedPoint> Points)
{
    /// <summary>What is degraded, for people to read.</summary>
    public string Describe() => $"{Kind} for a share of the {(Histories ? "users' histories" : "items")}";

    /// <summary>The curves of some variants, those of one kind beside each other; a kind that a variant was not tried with is left out of it.</summary>
    /// <param name="variants">Name and the figures of each run.</param>
    /// <param name="metric">The metric.</param>
    public static IReadOnlyList<DegradedCurve> Of(IReadOnlyList<(string Name, IReadOnlyList<RobustnessReport> Runs)> variants, string metric)
    {
        var curves = new List<DegradedCurve>();
        foreach (var (kind, histories) in variants.SelectMany(v => v.Runs).SelectMany(run => run.Degraded).Select(d => (d.Degradation.Kind(), d.Degradation.Histories)).Distinct())
        {
            bool Is(DegradedFigures figures) => figures.Degradation.Kind() == kind && figures.Degradation.Histories == histories;
            foreach (var (name, all) in variants)
            {
                var runs = all.Where(run => run.Degraded.Any(Is)).ToList();
                if (runs.Count == 0) continue;
                var byShare = runs.SelectMany(run => run.Degraded.Where(Is)).Where(d => d.Degradation.Share > 0).GroupBy(d => d.Degradation.Share, d => d.Metrics.GetValueOrDefault(metric)).OrderBy(g => g.Key);
                curves.Add(new(name, kind, histories, [DegradedPoint.Of(0, runs.Select(run => run.Metrics.GetValueOrDefault(metric))), .. byShare.Select(g => DegradedPoint.Of(g.Key, g))]));
            }
        }

        return curves;
    }
}

/// <summary>A point of such a curve.</summary>
/// <param name="Share">What share is degraded, 0 to 1.</param>
/// <param name="Mean">The mean over the runs.</param>
/// <param name="Sd">The sample standard deviation over them; null where there is one.</param>
public sealed record DegradedPoint(double Share, double Mean, double? Sd)
{
    internal static DegradedPoint Of(double share, IEnumerable<double> figures)
    {
        double[] all = [.. figures];
        return new(share, all.Average(), all.Length > 1 ? all.StandardDeviation() : null);
    }
}
