using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>One evaluation of one run.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Run">The run.</param>
/// <param name="Files">Where the evaluation is.</param>
/// <param name="Report">Its figures.</param>
internal sealed record ReportedEvaluation(string Name, RunFolder Run, EvaluationFiles Files, EvaluationReport Report);

/// <summary>The evaluations of some runs in groups that were made alike, so that none stands beside one of another split or masking; those of the test split come first.</summary>
internal sealed class ReportedEvaluations
{
    private ReportedEvaluations(IReadOnlyList<IReadOnlyList<ReportedEvaluation>> groups) => Groups = groups;

    /// <summary>Evaluations that can stand beside each other.</summary>
    public IReadOnlyList<IReadOnlyList<ReportedEvaluation>> Groups { get; }

    /// <summary>The run with the best NDCG of the first group; null where nothing was evaluated.</summary>
    public RunFolder? Best => Groups.Count == 0 ? null : Groups[0].MaxBy(e => e.Report.Metrics[Judged(e.Report)])!.Run;

    /// <summary>Some runs, those of the first group before the others, by their NDCG.</summary>
    public IReadOnlyList<RunFolder> BestFirst(IReadOnlyList<RunFolder> runs) =>
        Groups.Count == 0 ? runs : [.. Groups[0].OrderByDescending(e => e.Report.Metrics[Judged(e.Report)]).Select(e => e.Run).Concat(runs).Distinct()];

    /// <summary>The metric that models are judged by.</summary>
    public static string Judged(EvaluationReport report) => $"ndcg@{MetricsTable.ShownCutOff(report.Metrics.Keys)}";

    /// <summary>Reads what there is.</summary>
    /// <exception cref="UserErrorException">An evaluation is damaged.</exception>
    public static ReportedEvaluations Load(IReadOnlyList<RunFolder> runs, IReadOnlyList<string> names)
    {
        var groups = new List<List<ReportedEvaluation>>();
        foreach (var (split, masked) in new[] { ("test", false), ("test", true), ("validation", false), ("validation", true) })
        {
            for (int i = 0; i < runs.Count; i++)
            {
                var files = runs[i].EvaluationOf(split, masked);
                if (FileKinds.Of(files.Evaluation) == FileKind.Missing) continue;
                var report = EvaluationReport.Load(files.Evaluation, files.Command);
                var group = groups.FirstOrDefault(g => ComparableRuns.Difference(g[0].Report, report) is null && (g[0].Report.Users, g[0].Report.Targets) == (report.Users, report.Targets));
                if (group is null) groups.Add(group = []);
                group.Add(new(names[i], runs[i], files, report));
            }
        }

        return new(groups);
    }
}
