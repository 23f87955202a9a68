using Serilog;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Learning curves; runs whose losses mean something else have charts of their own.</summary>
internal static class LearningSection
{
    /// <summary>The section; null where no run has an epoch.</summary>
    public static ReportSection? Of(IReadOnlyList<RunFolder> runs, IReadOnlyList<string> names, ILogger log)
    {
        var curves = runs.Select((run, i) => new Curve(names[i], run.LoadConfig(), MetricsFile.Of(run, log))).Where(c => c.Epochs.Count > 0).Take(Chart.Colours).ToList();
        if (curves.Count == 0) return null;
        var charts = new List<ReportChart>();
        foreach (var group in curves.GroupBy(c => (c.Config.Objective.Candidates, string.Join(", ", c.Config.Data.Targets), c.Config.Training.Watch)))
        {
            var (candidates, targets, watch) = group.Key;
            string which = curves.Count == group.Count() ? "" : $" ({targets}; against {(candidates == CandidateSet.Catalogue ? "the catalogue" : "the batch")})";
            charts.Add(Chart.Lines($"Validation {watch} by epoch{which}", ("epoch", watch), Series(curves, group, e => e.Validation.TryGetValue(watch, out double figure) ? figure : e.Validation.Last().Value)));
            charts.Add(Chart.Lines($"Training loss by epoch{which}", ("epoch", "loss"), Series(curves, group, e => e.Loss)));
        }

        return new("learning", "Learning curves") { Keys = [.. curves.Select((c, i) => new ReportKey(i + 1, c.Name))], Charts = charts };
    }

    /// <summary>A series for every run, so that each keeps its colour; empty for those of another group.</summary>
    private static List<IReadOnlyList<(double, double)>> Series(List<Curve> all, IEnumerable<Curve> shown, Func<EpochMetrics, double> figure) =>
        [.. all.Select(curve => (IReadOnlyList<(double, double)>)(shown.Contains(curve) ? [.. curve.Epochs.Select(e => ((double)e.Epoch, figure(e)))] : []))];

    private sealed record Curve(string Name, RunConfig Config, IReadOnlyList<EpochMetrics> Epochs);
}
