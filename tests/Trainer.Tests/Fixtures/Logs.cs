using UniM2Rec.Catalogue;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>Interaction logs written down in a test.</summary>
internal static class Logs
{
    /// <summary>A log over domains "a", "b", …; each user is a list of (item row, time, domain).</summary>
    public static InteractionLog Of(params (int Item, double Time, int Domain)[][] users) => Of(SameTime.FileOrder, users);

    /// <summary>The same with a rule about events of one time.</summary>
    public static InteractionLog Of(SameTime sameTime, params (int Item, double Time, int Domain)[][] users)
    {
        var events = users.SelectMany(u => u).ToArray();
        int[] offsets = new int[users.Length + 1];
        for (int u = 0; u < users.Length; u++) offsets[u + 1] = offsets[u] + users[u].Length;
        int domains = events.Length == 0 ? 1 : events.Max(e => e.Domain) + 1;
        return new InteractionLog(
            Enumerable.Range(0, users.Length).Select(u => $"u{u}").ToList(),
            Enumerable.Range(0, domains).Select(d => d < 26 ? ((char)('a' + d)).ToString() : $"domain{d}").ToList(),
            offsets,
            new EventColumns(
                events.Select(e => e.Item).ToArray(),
                events.Select(e => e.Time).ToArray(),
                events.Select(e => checked((ushort)e.Domain)).ToArray(),
                null))
        {
            SameTimeRule = sameTime,
        };
    }

    /// <summary>One domain; each user is a list of (item row, part of a given split), at times 0, 1, 2, ….</summary>
    public static InteractionLog Marked(params (int Item, SplitPart Part)[][] users) =>
        Marked(Of(users.Select(u => u.Select(e => e.Item).ToArray()).ToArray()), users.SelectMany(u => u.Select(e => e.Part)).ToArray());

    /// <summary>The same log with a given split.</summary>
    public static InteractionLog Marked(InteractionLog log, SplitPart[] parts)
    {
        int[] events = Enumerable.Range(0, log.EventCount).ToArray();
        int[] offsets = [.. Enumerable.Range(0, log.UserCount).Select(log.FirstEvent), log.EventCount];
        return new InteractionLog(log.UserIds, log.Domains, offsets, new EventColumns(
            Array.ConvertAll(events, log.ItemOf), Array.ConvertAll(events, log.TimeOf), Array.ConvertAll(events, e => checked((ushort)log.DomainOf(e))), parts));
    }

    /// <summary>One domain; events of each user at times 0, 1, 2, ….</summary>
    public static InteractionLog Of(params int[][] users) =>
        Of(users.Select(u => u.Select((item, i) => (item, (double)i, 0)).ToArray()).ToArray());

    /// <summary>Users with random histories of 2 to <paramref name="longest"/> events over two domains.</summary>
    public static InteractionLog Random(int users, int items, int longest, int seed)
    {
        var random = new Random(seed);
        return Of(Enumerable.Range(0, users).Select(_ =>
            Enumerable.Range(0, random.Next(2, longest + 1)).Select(t =>
            {
                int item = random.Next(items);
                return (item, (double)t, item * 2 / items);
            }).ToArray()).ToArray());
    }
}
