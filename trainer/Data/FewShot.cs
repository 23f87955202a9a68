namespace UniM2Rec.Trainer.Data;

/// <summary>Keeps a few training events of each item of the target domains (<c>data.targetEvents</c>), so that it shows what a model learns of a domain that has hardly begun.</summary>
internal static class FewShot
{
    /// <summary>The log without the target domains' events that are too many.</summary>
    /// <param name="log">What training sees.</param>
    /// <param name="isTarget">By domain of the log: whether its events are predicted.</param>
    /// <param name="most">How many of an item are kept at most; fewer are among more.</param>
    /// <param name="store">Tells the items' domains and ids: which events are kept depends on names alone, not on rows, seeds or the order of users.</param>
    public static InteractionLog Of(InteractionLog log, IReadOnlyList<bool> isTarget, int most, FeatureStore store)
    {
        var byItem = new Dictionary<int, List<(ulong Place, int Event)>>();
        var times = new Dictionary<int, int>();
        for (int user = 0; user < log.UserCount; user++)
        {
            long name = Hash(log.UserIds[user]);
            times.Clear();
            for (int e = log.FirstEvent(user); e < log.EndEvent(user); e++)
            {
                if (!isTarget[log.DomainOf(e)]) continue;
                int row = log.ItemOf(e), time = times[row] = times.GetValueOrDefault(row) + 1;
                if (!byItem.TryGetValue(row, out var events)) byItem[row] = events = [];
                events.Add((SplitMix64.MixAll(name, Hash($"{log.Domains[log.DomainOf(e)]}\t{store.GetItemId(row)}"), time), e));
            }
        }

        var dropped = byItem.Values.Where(events => events.Count > most).SelectMany(events => events.Order().Skip(most)).Select(d => d.Event).ToHashSet();
        return log.Where((_, e) => !dropped.Contains(e));
    }

    private static long Hash(string name)
    {
        ulong mixed = 0;
        foreach (char c in name) mixed = SplitMix64.MixAll((long)mixed, c);
        return (long)mixed;
    }
}
