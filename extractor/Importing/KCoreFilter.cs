namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Iterative k-core: users and items with fewer than k events are dropped, again and again, until none is left below k. The order of
/// dropping does not change what remains.
/// </summary>
public static class KCoreFilter
{
    /// <summary>Drops events in place.</summary>
    /// <param name="table">The events of one domain.</param>
    /// <param name="perUser">Events that a user needs; 0 or 1 keeps every user.</param>
    /// <param name="perItem">Events that an item needs; 0 or 1 keeps every item.</param>
    /// <returns>How many events were dropped.</returns>
    public static int Apply(InteractionTable table, int perUser, int perItem)
    {
        if (perUser <= 1 && perItem <= 1)
            return 0;
        var before = table.Rows.Count;
        var userCounts = new int[table.Users.Count];
        var itemCounts = new int[table.Items.Count];
        int dropped;
        do
        {
            Array.Clear(userCounts);
            Array.Clear(itemCounts);
            foreach (var row in table.Rows)
            {
                userCounts[row.User]++;
                itemCounts[row.Item]++;
            }

            dropped = table.Keep(row => userCounts[row.User] >= perUser && itemCounts[row.Item] >= perItem);
        }
        while (dropped > 0);
        return before - table.Rows.Count;
    }
}
