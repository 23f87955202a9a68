using Serilog;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Says what about a flow's times its user would not expect: a user's events are merged by them, so that all need one unit.</summary>
internal static class FlowNotes
{
    public static void Say(InteractionLog flow, ILogger log)
    {
        var units = Enumerable.Range(0, flow.Domains.Count).Select(_ => new Dictionary<TimeUnit, int>()).ToArray();
        for (int e = 0; e < flow.EventCount; e++)
        {
            var counts = units[flow.DomainOf(e)];
            var unit = TimeUnit.Of(flow.TimeOf(e));
            counts[unit] = counts.GetValueOrDefault(unit) + 1;
        }

        foreach (var (domain, counts) in units.Index().Where(u => u.Item.Count > 1))
        {
            var most = counts.OrderByDescending(c => c.Value).Take(2).ToArray();
            log.Warning(
                "The domain {Domain:l} has {Events:N0} events with times in {Unit:l} and {Others:N0} in {Other:l}, by their size, so they are not in order; correct its interactions.csv",
                flow.Domains[domain], most[0].Value, most[0].Key.Name, most[1].Value, most[1].Key.Name);
        }

        var ofDomain = units.Select(counts => counts.Count == 0 ? null : counts.MaxBy(c => c.Value).Key).ToArray();
        if (ofDomain.OfType<TimeUnit>().Distinct().Count() < 2) return;
        var (users, first, second) = Mixed(flow, ofDomain);
        if (users == 0) return;
        log.Warning(
            "{Domain:l} has times in {Unit:l}, {OtherDomain:l} in {OtherUnit:l}, by their size, so that what {Users:N0} users did in such domains is merged in a wrong order; give interactions.csv of all domains times of one unit, or name those that have one by data.flow (--flow)",
            flow.Domains[first], ofDomain[first]!.Name, flow.Domains[second], ofDomain[second]!.Name, users);
    }

    /// <summary>Users with events of domains of several units, and the first two such domains.</summary>
    private static (int Users, int First, int Second) Mixed(InteractionLog flow, TimeUnit?[] ofDomain)
    {
        var (users, first, second) = (0, -1, -1);
        for (int user = 0; user < flow.UserCount; user++)
        {
            int begin = flow.FirstEvent(user);
            for (int e = begin + 1; e < flow.EndEvent(user); e++)
            {
                if (ofDomain[flow.DomainOf(e)] == ofDomain[flow.DomainOf(begin)]) continue;
                users++;
                if (first < 0) (first, second) = (Math.Min(flow.DomainOf(begin), flow.DomainOf(e)), Math.Max(flow.DomainOf(begin), flow.DomainOf(e)));
                break;
            }
        }

        return (users, first, second);
    }
}
