using System.Globalization;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>What models look like on their inside: a map of the items before and after the projector, gates of the experts, weights of the modalities, interests.</summary>
internal static class InsideSection
{
    private const int MostRuns = 3, MostItems = 1000, MostStates = 256;

    /// <summary>A section for the best run of each kind of model; what can't be opened any more is left out, with a warning.</summary>
    /// <param name="runs">The runs, the best first.</param>
    /// <param name="names">Their names.</param>
    /// <param name="users">Sample users whose interests are shown.</param>
    /// <param name="context">Takes warnings, and stops it.</param>
    public static IEnumerable<ReportSection> Of(IReadOnlyList<RunFolder> runs, IReadOnlyList<string> names, int users, WorkContext context)
    {
        var shown = runs.Zip(names, (run, name) => (Run: run, Name: name, run.LoadConfig().Model)).DistinctBy(r => (r.Model.Kind, r.Model.Fusion, r.Model.Adaptor, r.Model.Experts == 1)).Take(MostRuns).ToList();
        for (int i = 0; i < shown.Count; i++)
        {
            if (Of(shown[i].Run, (i == 0 ? "inside" : FormattableString.Invariant($"inside-{i + 1}"), $"Inside {shown[i].Name}"), users, context) is { } section) yield return section;
        }
    }

    private static ReportSection? Of(RunFolder run, (string Id, string Heading) place, int users, WorkContext context)
    {
        try
        {
            using var session = Session.Open(run, context with { Log = Serilog.Core.Logger.None });
            if (session.Inspect(MostItems, MostStates) is not { } inside) return null;
            var groups = ItemGroups.Of(inside, () => new ItemTitles(session.Config.Data.Dataset, session.Data.Store));
            return new(place.Id, $"{place.Heading} ({ModelRegistry.Find(session.Config.Model.Kind).Title})")
            {
                Notes = [.. Notes(inside)],
                Keys = groups.Keys,
                Charts = [.. Maps(inside, groups), .. GateCharts(inside, groups), .. WeightChart(inside, groups)],
                Tables = [.. Tables(inside, groups, session.Config.Model), .. InterestTables.Of(session, users)],
            };
        }
        catch (UserErrorException error)
        {
            context.Log.Warning("The report does not look inside {Run:l}: {Reason:l}", run.Path, error.Message);
            return null;
        }
    }

    private static IEnumerable<string> Notes(RunInsight inside)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"A sample of {inside.DomainOf.Length:N0} items in the plane of the first two principal components of {(inside.Before is null ? "the vectors that the model learned" : "their features, and of the vectors that the model makes of them")}.");
        if (inside.After.OwnDomain is not { } after) yield break;
        string before = inside.Before?.OwnDomain is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share:0%} are of its own domain by features and ") : "";
        yield return string.Create(CultureInfo.InvariantCulture, $"Of the ten items nearest to one, {before}{after:0%}{(before.Length > 0 ? "" : " are of its own domain")} by the model's vectors: the lower, the more the domains share one space.");
    }

    private static IEnumerable<ReportChart> Maps(RunInsight inside, ItemGroups groups)
    {
        if (inside.Before is { } before) yield return Map(before, $"Before the projector: {string.Join(", ", inside.Modalities)}");
        yield return Map(inside.After, inside.Before is null ? "The items' vectors" : "After it: the items' vectors");

        ReportChart Map(ItemsView view, string title) => Chart.Points(
            string.Create(CultureInfo.InvariantCulture, $"{title} ({view.Plane.Held:0%} of the variance)"), [.. groups.Members.Select(members => members.Select(i => view.Plane.Points[i]).ToList())]);
    }

    private static IEnumerable<ReportChart> GateCharts(RunInsight inside, ItemGroups groups)
    {
        for (int m = 0; m < inside.Gates.Count; m++)
        {
            if (inside.Gates[m] is not { } gates) continue;
            string[] experts = [.. Enumerable.Range(1, gates[0].Length).Select(k => FormattableString.Invariant($"expert {k}"))];
            yield return Chart.Bars($"Gates of the experts: {inside.Modalities[m]}", "mean gate", experts, groups.Means(gates));
        }
    }

    private static IEnumerable<ReportChart> WeightChart(RunInsight inside, ItemGroups groups)
    {
        if (inside.Weights is { } weights && inside.Modalities.Count > 1)
            yield return Chart.Bars("Weights of the modalities", "mean weight", inside.Modalities, groups.Means(weights));
    }

    private static IEnumerable<ReportTable> Tables(RunInsight inside, ItemGroups groups, ModelConfig model)
    {
        if (inside.Weights is { } weights && inside.Modalities.Count > 1)
        {
            string by = model.Kind == "missrec" ? "mean over users" : $"model.fusion={model.Fusion.ToString().ToLowerInvariant()}";
            yield return Table($"Weights of the modalities by {groups.By} ({by}; what an item lacks counts 0)", inside.Modalities, weights);
        }

        for (int m = 0; m < inside.Gates.Count; m++)
        {
            if (inside.Gates[m] is { } gates) yield return Table($"Gates of the experts by {groups.By}: {inside.Modalities[m]}", [.. Enumerable.Range(1, gates[0].Length).Select(k => FormattableString.Invariant($"{k}"))], gates);
        }

        ReportTable Table(string caption, IReadOnlyList<string> columns, float[][] values) => new(
            caption, [groups.By, .. columns], [.. groups.Names.Zip(groups.Means(values), (name, means) => new ReportRow(name, [.. means.Select(v => new ReportCell(v.ToString("F3", CultureInfo.InvariantCulture)))]))])
        { Folded = true };
    }
}
