using System.Globalization;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>What the runs learned from: items, users, events and modalities by domain, how long histories are, and how unevenly items are chosen.</summary>
internal static class DataSection
{
    private const int MostPoints = 120;

    /// <summary>A section for each catalogue and flow; what can't be read any more is left out, with a warning.</summary>
    public static IEnumerable<ReportSection> Of(IReadOnlyList<RunFolder> runs, WorkContext context)
    {
        var flows = runs.Select(run => run.LoadConfig().Data).GroupBy(d => (d.Dataset, d.Features)).Select(g => g.First() with { Flow = [.. g.SelectMany(d => d.Flow).Distinct()], Targets = [.. g.SelectMany(d => d.Targets).Distinct()] }).ToList();
        for (int i = 0; i < flows.Count; i++)
        {
            ReportSection section;
            try
            {
                using var data = TrainingData.Open(flows[i], null, context.Progress, context.Cancellation);
                section = Of(data, flows.Count == 1 ? "data" : FormattableString.Invariant($"data-{i + 1}"));
            }
            catch (UserErrorException error)
            {
                context.Log.Warning("The report says nothing of the data: {Reason:l}", error.Message);
                continue;
            }

            yield return section;
        }
    }

    private static ReportSection Of(TrainingData data, string id)
    {
        var log = data.Log;
        int[] lengths = [.. Enumerable.Range(0, log.UserCount).Select(user => log.EndEvent(user) - log.FirstEvent(user)).Where(length => length > 0)];
        return new(id, "Data")
        {
            Notes = [string.Create(CultureInfo.InvariantCulture, $"{data.Store.DatasetName}: {lengths.Length:N0} users with {log.EventCount:N0} events; {Several(log):N0} of them act in more than one domain.")],
            Tables = [Domains(data)],
            Charts = [Lengths(lengths), Popularity(data)],
        };
    }

    private static int Several(InteractionLog log) =>
        Enumerable.Range(0, log.UserCount).Count(user => Enumerable.Range(log.FirstEvent(user), log.EndEvent(user) - log.FirstEvent(user)).Select(log.DomainOf).Distinct().Skip(1).Any());

    private static ReportTable Domains(TrainingData data)
    {
        var (log, store) = (data.Log, data.Store);
        var users = new HashSet<int>[log.Domains.Count];
        int[] events = new int[log.Domains.Count];
        for (int d = 0; d < users.Length; d++) users[d] = [];
        for (int user = 0; user < log.UserCount; user++)
        {
            for (int e = log.FirstEvent(user); e < log.EndEvent(user); e++)
            {
                users[log.DomainOf(e)].Add(user);
                events[log.DomainOf(e)]++;
            }
        }

        return new("By domain", ["domain", "items", "users", "events", "events a user", .. store.ModalityNames.Select(m => $"with {m}")], [.. log.Domains.Select((name, d) =>
        {
            var range = store.Domains.First(r => r.Name == name);
            return new ReportRow(name,
            [
                Count(range.Count), Count(users[d].Count), Count(events[d]), new((events[d] / (double)Math.Max(1, users[d].Count)).ToString("F1", CultureInfo.InvariantCulture)),
                .. store.ModalityNames.Select(store.Modality).Select(m => new ReportCell((Enumerable.Range(range.FirstRow, range.Count).Count(m.IsPresent) / (double)Math.Max(1, range.Count)).ToString("0.0%", CultureInfo.InvariantCulture))),
            ]);
        })]);
    }

    private static ReportChart Lengths(int[] lengths)
    {
        (string Name, int Least, int Most)[] groups = [("1-2", 1, 2), ("3-4", 3, 4), ("5-9", 5, 9), ("10-19", 10, 19), ("20-49", 20, 49), ("50+", 50, int.MaxValue)];
        return Chart.Bars("Users by how many events they have", "users", [.. groups.Select(g => g.Name)], [[.. groups.Select(g => (double)lengths.Count(length => length >= g.Least && length <= g.Most))]]);
    }

    private static ReportChart Popularity(TrainingData data)
    {
        int[] counts = data.Log.CountItems(data.Store.ItemCount);
        int[] sorted = [.. data.FlowRows.Select(row => counts[row]).OrderDescending()];
        double all = Math.Max(1, sorted.Sum(c => (long)c)), sum = 0;
        var points = new List<(double, double)> { (0, 0) };
        int step = Math.Max(1, sorted.Length / MostPoints);
        for (int i = 0; i < sorted.Length; i++)
        {
            sum += sorted[i];
            if ((i + 1) % step == 0 || i == sorted.Length - 1) points.Add((100.0 * (i + 1) / sorted.Length, 100 * sum / all));
        }

        return Chart.Lines("Share of the events that the most popular items have", ("items, %", "events, %"), [points]);
    }

    private static ReportCell Count(int count) => new(count.ToString("N0", CultureInfo.InvariantCulture));
}
