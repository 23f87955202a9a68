using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;

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
        var before = table.Rows.Count;
        var isKnown = table.Items.Select(known.Contains).ToArray();
        table.Keep(row => isKnown[row.Item]);
        KCoreFilter.Apply(table, KCore, KCore);
        if (table.Rows.Count == 0)
            throw new UserErrorException($"none of the {before:N0} events of domain '{domain.Name}' is left after filtering (items with text, {KCore}-core); lower --k-core or use --keep-items-without-text.");
        table.SortByUserAndTime();
        var occurring = table.OccurringItems();
        return domain with { Items = [.. domain.Items.Where(i => occurring.Contains(i.ItemId))] };
    }
}
