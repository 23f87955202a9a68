using UniM2Rec.Catalogue;

namespace UniM2Rec.Extractor.Importing;

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
