using System.Globalization;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>The interests that MISSRec found: the largest ones, and those of sample users, each with some of its items.</summary>
internal static class InterestTables
{
    private const int MostInterests = 6, MostOfUser = 4, MostTitles = 4, LongestTitle = 48;

    /// <summary>The tables; none for models without interests.</summary>
    /// <param name="session">The run.</param>
    /// <param name="users">How many users' are shown.</param>
    public static IEnumerable<ReportTable> Of(Session session, int users)
    {
        if (session.Model.InterestOfItems is not { } membership) yield break;
        long[] interests = membership.cpu().data<long>().ToArray();
        int modalities = (int)membership.shape[1];
        var titles = new ItemTitles(session.Config.Data.Dataset, session.Data.Store);
        var log = session.Data.Log;
        int[] counts = new int[session.Data.Store.ItemCount];
        foreach (int row in log.Items(0, log.EventCount)) counts[row]++;
        var members = session.Data.FlowRows.SelectMany(row => Enumerable.Range(0, modalities).Select(m => (Row: row, Modality: m, Interest: interests[(row * modalities) + m])))
            .Where(m => m.Interest >= 0).GroupBy(m => m.Interest).ToDictionary(g => g.Key, g => g.ToList());
        if (members.Count == 0) yield break;

        var largest = members.OrderByDescending(i => i.Value.Count).ThenBy(i => i.Key).Take(MostInterests);
        yield return new(
            string.Create(CultureInfo.InvariantCulture, $"Interests: the largest of {members.Count:N0}, each with its most frequent items"), ["interest", "vectors", "items"],
            [.. largest.Select(i => Row(Number(i.Key), Count(i.Value.Count), i.Key))])
        { IsText = true };

        foreach (string user in SampleUsers.Choose(log, users))
        {
            int number = log.UserIds.Index().First(u => u.Item == user).Index;
            int[] history = log.Items(log.FirstEvent(number), log.EndEvent(number)).ToArray();
            var own = history.SelectMany(row => Enumerable.Range(0, modalities).Select(m => interests[(row * modalities) + m]).Where(i => i >= 0).Distinct())
                .GroupBy(i => i).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
            yield return new(
                string.Create(CultureInfo.InvariantCulture, $"Interests of user {Excerpt.Of(user)}: {own.Count:N0} in {history.Length:N0} events; those of most events"), ["interest", "events", "items"],
                [.. own.Take(MostOfUser).Select(g => Row(Number(g.Key), string.Create(CultureInfo.InvariantCulture, $"{g.Count()} of {history.Length}"), g.Key))])
            { IsText = true };
        }

        ReportRow Row(string name, string count, long interest)
        {
            var own = members[interest];
            string with = string.Join(", ", own.GroupBy(m => m.Modality).OrderBy(g => g.Key).Select(g => session.Features.Names[g.Key]));
            string items = string.Join("; ", own.Select(m => m.Row).Distinct().OrderByDescending(row => counts[row]).ThenBy(row => row).Take(MostTitles).Select(row => titles[row])
                .Select(item => ShownItems.Short(item.Title.Length > 0 ? item.Title : item.ItemId, LongestTitle)));
            return new(name, [new(count, Detail: with), new(items)]);
        }
    }

    private static string Number(long interest) => string.Create(CultureInfo.InvariantCulture, $"{interest + 1:N0}");

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
