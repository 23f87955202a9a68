namespace UniM2Rec.Extractor.Importing;

/// <summary>The papers' preprocessing of a raw data set: events of items without metadata are dropped, then k-core, then order by time.</summary>
public sealed record StandardFilter
{
    /// <summary>Events that every user and every item needs; 0 = no filter.</summary>
    public int KCore { get; init; }

    /// <summary>Whether items without any text are kept.</summary>
    public bool KeepItemsWithoutText { get; init; }

    /// <summary>Filters a domain; only items that still occur in an event are kept, in their order.</summary>
    /// <exception cref="UserErrorException">Nothing is left.</exception>
    public ImportedDomain Apply(ImportedDomain domain)
    {
        var known = domain.Items
            .Where(i => KeepItemsWithoutText || i.Text.Length > 0 || i.Description.Length > 0)
            .Select(i => i.ItemId).ToHashSet(StringComparer.Ordinal);
        var table = domain.Interactions;
        int before = table.Rows.Count;
        bool[] isKnown = table.Items.Select(known.Contains).ToArray();
        table.Keep(row => isKnown[row.Item]);
        KCoreFilter.Apply(table, KCore, KCore);
        if (table.Rows.Count == 0)
            throw new UserErrorException($"none of the {before:N0} events of domain '{domain.Name}' is left after filtering (items with text, {KCore}-core); lower --k-core or use --keep-items-without-text.");
        table.SortByUserAndTime();
        var occurring = table.OccurringItems();
        return domain with { Items = [.. domain.Items.Where(i => occurring.Contains(i.ItemId))] };
    }
}

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
        int before = table.Rows.Count;
        int[] userCounts = new int[table.Users.Count];
        int[] itemCounts = new int[table.Items.Count];
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

/// <summary>Writes imported domains as a catalogue.</summary>
public static class CatalogueExport
{
    /// <summary>Writes dataset.json and each domain's two tables.</summary>
    /// <param name="folder">Folder of the catalogue; made where it does not exist.</param>
    /// <param name="name">Name of the catalogue.</param>
    /// <param name="domains">The domains, in their order.</param>
    /// <param name="images">Folder of the pictures relative to <paramref name="folder"/>, or null where there are none.</param>
    /// <param name="cancellation">Leaves before the catalogue gets its final names.</param>
    /// <exception cref="Diagnostics.UserErrorException">The folder can't be written to.</exception>
    public static void Write(string folder, string name, IReadOnlyList<ImportedDomain> domains, string? images, CancellationToken cancellation)
    {
        var events = domains.SelectMany(d => d.Interactions.Rows);
        using var writer = DatasetWriter.Create(folder, name, [.. domains.Select(d => d.Name)], images,
            ratings: events.Any(row => row.Rating != 1f), splits: events.Any(row => row.Split != SplitPart.Unspecified));
        foreach (var domain in domains)
        {
            foreach (var item in domain.Items)
                writer.WriteItem(item);
            var (users, items) = (domain.Interactions.Users, domain.Interactions.Items);
            foreach (var row in domain.Interactions.Rows)
            {
                cancellation.ThrowIfCancellationRequested();
                writer.WriteInteraction(domain.Name, new(users[row.User], items[row.Item], row.Timestamp, row.Rating, row.Split));
            }
        }

        cancellation.ThrowIfCancellationRequested();
        writer.Complete();
    }
}
