using Serilog;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// The papers' preprocessing of a raw data set: repeated events once, events of items without metadata dropped, then k-core, then order by time.
/// </summary>
public sealed record StandardFilter
{
    /// <summary>Events that every user and every item needs; 0 = no filter.</summary>
    public int KCore { get; init; }

    /// <summary>Whether items without any text are kept.</summary>
    public bool KeepItemsWithoutText { get; init; }

    /// <summary>Whether items are kept that occur in no event.</summary>
    public bool KeepItemsWithoutEvents { get; init; }

    /// <summary>Whether events are a set: of those that are equal in everything one is kept, as UniSRec's script does.</summary>
    public bool IsSet { get; init; }

    /// <summary>Told how many events were left out, and why.</summary>
    public ILogger Log { get; init; } = Serilog.Core.Logger.None;

    /// <summary>Filters a domain; only items that still occur in an event are kept, unless all are to be, in their order.</summary>
    /// <exception cref="UserErrorException">Nothing is left.</exception>
    public ImportedDomain Apply(ImportedDomain domain)
    {
        var table = domain.Interactions;
        int before = table.Rows.Count;
        table.SortByUserAndTime();
        int repeated = IsSet ? table.DropRepeated() : 0;
        int undescribed = KeepItems(table, domain.Items);
        int textless = KeepItemsWithoutText ? 0 : KeepItems(table, domain.Items.Where(HasText));
        int sparse = KCoreFilter.Apply(table, KCore, KCore);
        Say(domain.Name, repeated, "are there more than once");
        Say(domain.Name, undescribed, "are of items that nothing describes");
        Say(domain.Name, textless, "are of items without any text (--keep-items-without-text keeps them)");
        if (table.Rows.Count == 0)
            throw NothingLeft(domain.Name, before, undescribed, textless, sparse);
        if (KeepItemsWithoutEvents)
            return domain;
        var occurring = table.OccurringItems();
        return domain with { Items = [.. domain.Items.Where(i => occurring.Contains(i.ItemId))] };
    }

    private static bool HasText(Item item) => !BlankText.Is(item.Text) || !BlankText.Is(item.Description);

    private static int KeepItems(InteractionTable table, IEnumerable<Item> items)
    {
        var known = items.Select(i => i.ItemId).ToHashSet(StringComparer.Ordinal);
        bool[] isKnown = [.. table.Items.Select(known.Contains)];
        return table.Keep(row => isKnown[row.Item]);
    }

    private void Say(string domain, int events, string why)
    {
        if (events > 0)
            Log.Information("{Domain:l}: {Events:N0} events {Why:l} and are left out", domain, events, why);
    }

    private UserErrorException NothingLeft(string domain, int before, int undescribed, int textless, int sparse)
    {
        string[] reasons =
        [
            .. undescribed > 0 ? [$"{undescribed:N0} are of items that the item file does not have: check that both files are of one data set"] : Array.Empty<string>(),
            .. textless > 0 ? [$"{textless:N0} are of items without any text: use --keep-items-without-text"] : Array.Empty<string>(),
            .. sparse > 0 ? [$"{sparse:N0} are of users or items with fewer than {KCore}: lower --k-core"] : Array.Empty<string>(),
        ];
        return new(reasons.Length == 0
            ? $"domain '{domain}' has no events, but some were expected; check the file, and --min-rating where it is given."
            : $"none of the {before:N0} events of domain '{domain}' is left after filtering; {string.Join("; ", reasons)}.");
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
    /// <summary>Refuses a folder with a catalogue in it, or with tables of one.</summary>
    /// <param name="folder">Where a catalogue is to go.</param>
    /// <param name="overwrite">Whether the user has asked for it all the same.</param>
    /// <exception cref="Diagnostics.UserErrorException">There is one.</exception>
    public static void RequireFree(string folder, bool overwrite)
    {
        if (overwrite || !Directory.Exists(folder))
            return;
        string? found = new[] { Path.Combine(folder, CatalogueLayout.DatasetFile) }
            .Concat(Directory.GetDirectories(folder).SelectMany(domain => new[] { CatalogueLayout.Items("", domain), CatalogueLayout.Interactions("", domain) }))
            .FirstOrDefault(File.Exists);
        if (found is not null)
            throw new UserErrorException($"'{found}' exists, and a catalogue is to be written there; give another --out, or --overwrite to replace it.");
    }

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
