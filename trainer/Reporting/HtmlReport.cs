using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>A report of some runs as one HTML file that needs nothing else, no script either: <c>report.liquid</c> lays out what <see cref="ReportPage"/> says.</summary>
public static class HtmlReport
{
    /// <summary>What every report begins with.</summary>
    internal const string Beginning = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>UniM2Rec: ";

    /// <summary>The whole page.</summary>
    /// <param name="runs">Runs; those that were evaluated appear in the tables.</param>
    /// <param name="users">Sample users that are shown, with what the best of the runs recommends to them.</param>
    /// <param name="context">Takes warnings, and stops it.</param>
    /// <param name="variants">Which of the runs stand for what; null where each stands for itself.</param>
    /// <param name="baselines">Baselines of evaluated runs that stand beside the runs.</param>
    public static string Render(IReadOnlyList<RunFolder> runs, int users, WorkContext context, IReadOnlyList<Variant>? variants = null, params IReadOnlyList<ComparedRun> baselines)
    {
        var names = NamesOf(runs);
        var evaluations = ReportedEvaluations.Load(runs, names);
        var sections = new List<ReportSection?> { ResultSection.Of(evaluations, variants is not null && evaluations.Groups is [var all, ..] && all.Count == runs.Count ? variants : null, baselines, context.Log) };
        sections.AddRange(DataSection.Of(runs, context));
        sections.Add(LearningSection.Of(runs, names, context.Log));
        sections.Add(SliceSection.Of(evaluations));
        sections.Add(RobustnessSection.Of(runs, names, variants));
        var inspected = evaluations.BestFirst(runs);
        sections.AddRange(InsideSection.Of(inspected, [.. inspected.Select(run => names[runs.Index().First(r => r.Item == run).Index])], users, context));
        sections.Add(UserSection.Of(evaluations.Best ?? runs[0], users, context));
        sections.Add(CostSection.Of(runs, names, context.Log));
        sections.Add(SettingsSection.Of(runs, names));
        return Render(new ReportPage(string.Join(", ", names), [.. sections.OfType<ReportSection>()]));
    }

    private static string Render(ReportPage page)
    {
        using var template = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("UniM2Rec.Trainer.report.liquid")!);
        if (!new FluidParser().TryParse(template.ReadToEnd(), out var parsed, out string error)) throw new InvalidOperationException(error);
        var options = new TemplateOptions
        {
            CultureInfo = CultureInfo.InvariantCulture,
            MemberAccessStrategy = new UnsafeMemberAccessStrategy { MemberNameStrategy = MemberNameStrategies.SnakeCase },
        };
        return parsed.Render(new TemplateContext(page, options), HtmlEncoder.Create(UnicodeRanges.All));
    }

    /// <summary>The folders' names, with the folder above where two have the same.</summary>
    private static List<string> NamesOf(IReadOnlyList<RunFolder> runs)
    {
        var names = runs.Select(r => Path.GetFileName(r.Path)).ToList();
        return [.. names.Select((name, i) => names.Count(n => n == name) > 1 ? $"{Path.GetFileName(Path.GetDirectoryName(runs[i].Path))}/{name}" : name)];
    }
}
