using System.Globalization;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>Variants on the same users: their figures, the difference of each pair, and who is better.</summary>
public sealed class Comparison
{
    /// <summary>Chance of a false finding at which a difference counts as more than chance.</summary>
    private const double Level = 0.05;

    private readonly ComparableRuns _runs;

    /// <param name="runs">The evaluations.</param>
    /// <param name="variants">Which of the runs stand for what.</param>
    public Comparison(ComparableRuns runs, IReadOnlyList<Variant> variants)
    {
        (_runs, Variants) = (runs, variants);
        Metrics = [.. runs.Reports[0].Metrics.Keys];
        var figures = variants.Select(v => Metrics.Select(metric => v.Runs.Select(run => runs.Values(run, metric)).ToArray()).ToList()).ToList();
        var pairs = from first in Enumerable.Range(0, variants.Count) from other in Enumerable.Range(first + 1, variants.Count - first - 1) select (first, other);
        var differences = pairs.Select(pair => (pair.first, pair.other, Of: Resampling.Compare(figures[pair.first], figures[pair.other]))).ToList();
        for (int metric = 0; metric < Metrics.Count; metric++)
        {
            double[] bootstrap = Resampling.Holm([.. differences.Select(d => d.Of[metric].Bootstrap)]), wilcoxon = Resampling.Holm([.. differences.Select(d => d.Of[metric].Wilcoxon)]);
            for (int i = 0; i < differences.Count; i++)
                Pairs.Add(new(variants[differences[i].first], variants[differences[i].other], Metrics[metric], differences[i].Of[metric] with { Bootstrap = bootstrap[i], Wilcoxon = wilcoxon[i] }));
        }
    }

    /// <summary>What is compared, in the order in which it was named.</summary>
    public IReadOnlyList<Variant> Variants { get; }

    /// <summary>The metrics.</summary>
    public IReadOnlyList<string> Metrics { get; }

    /// <summary>Each pair in each metric; p-values are corrected over the pairs.</summary>
    public List<ComparedPair> Pairs { get; } = [];

    /// <summary>The evaluations.</summary>
    public ComparableRuns Runs => _runs;

    /// <summary>The mean over a variant's runs of each metric, on the users that all runs have.</summary>
    public IReadOnlyDictionary<string, double> Mean(Variant variant) => Over(variant, values => values.Average());

    /// <summary>The sample standard deviation over a variant's runs; not a number where it has one.</summary>
    public IReadOnlyDictionary<string, double> Deviation(Variant variant) =>
        Over(variant, values => values.Length < 2 ? double.NaN : MathNet.Numerics.Statistics.Statistics.StandardDeviation(values));

    /// <summary>Who is first in a metric and how sure that is, in one sentence.</summary>
    public string Verdict(string metric)
    {
        var order = Variants.OrderByDescending(v => Mean(v)[metric]).ToList();
        if (order.Count < 2) return string.Create(CultureInfo.InvariantCulture, $"{order[0].Name} has {metric} {Mean(order[0])[metric]:F4}.");
        var (best, second) = (order[0], order[1]);
        var pair = Pairs.First(p => p.Metric == metric && (p.First == best || p.Other == best) && (p.First == second || p.Other == second));
        double sign = pair.Other == best ? 1 : -1, ahead = pair.Difference.Mean == 0 ? 0 : sign * pair.Difference.Mean;
        var within = sign > 0 ? pair.Difference.Within : new Interval(-pair.Difference.Within.High, -pair.Difference.Within.Low);
        double of = Mean(second)[metric];
        if (within.IsNothing) return string.Create(CultureInfo.InvariantCulture, $"No winner in {metric}: there is no difference between {pair.First.Name} and {pair.Other.Name} ({of:F4}; {_runs.Users.Count:N0} users).");
        double p = Math.Max(pair.Difference.Bootstrap, pair.Difference.Wilcoxon);
        string relative = of > 0 ? string.Create(CultureInfo.InvariantCulture, $", {ahead / of:+0.0%;-0.0%;0.0%}") : "";
        string by = string.Create(CultureInfo.InvariantCulture, $"by {ahead:F4} ({Mean(best)[metric]:F4} against {of:F4}{relative}; 95% interval {within.DescribeDifference()}; {PText(p)}; {_runs.Users.Count:N0} users)");
        return p < Level && ahead > 0
            ? $"{best.Name} beats {second.Name}{(order.Count > 2 ? " and all others" : "")} in {metric} {by}."
            : $"No winner in {metric}: {best.Name} is ahead of {second.Name} {by}, which may be chance.";
    }

    /// <summary>A p-value with its sign.</summary>
    public static string PText(double p) => p < 0.001 ? "p < 0.001" : string.Create(CultureInfo.InvariantCulture, $"p = {p:F3}");

    private Dictionary<string, double> Over(Variant variant, Func<double[], double> combine)
    {
        var figures = variant.Runs.Select(_runs.Metrics).ToList();
        return Metrics.ToDictionary(metric => metric, metric => combine([.. figures.Select(f => f[metric])]));
    }
}

/// <summary>Two variants in one metric.</summary>
/// <param name="First">The one that was named first.</param>
/// <param name="Other">The other.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Difference">Other − first.</param>
public sealed record ComparedPair(Variant First, Variant Other, string Metric, PairedDifference Difference);
