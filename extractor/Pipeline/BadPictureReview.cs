using UniM2Rec.Catalogue;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Looks again at the pictures that earlier runs could not use, and at no others: those whose file has changed or has appeared since are
/// worth another try, the others stay on the list.
/// </summary>
internal sealed class BadPictureReview(Dataset dataset, FeatureStoreWriter store)
{
    /// <summary>Reviews the shards that a modality would keep.</summary>
    /// <param name="modality">The modality.</param>
    /// <param name="bad">Takes the pictures of shards that are kept.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>Numbers of the shards that hold a changed picture, and how many such pictures there are.</returns>
    public (IReadOnlySet<int> Shards, int Pictures) Review(ModalitySpecification modality, BadPictures bad, CancellationToken cancellation)
    {
        var known = store.Notes(modality).Select(n => (n.Shard, Pictures: BadPicture.Read(n.Note))).ToArray();
        var states = CurrentStates([.. known.SelectMany(k => k.Pictures).Select(p => p.Row)], cancellation);
        var (again, changed) = (new HashSet<int>(), 0);
        foreach (var (shard, pictures) in known)
        {
            var differing = pictures.Count(p => states.GetValueOrDefault(p.Row) != p.State);
            changed += differing;
            if (differing > 0)
                again.Add(shard);
            else
                bad.Add(pictures);
        }

        return (again, changed);
    }

    private Dictionary<int, string> CurrentStates(HashSet<int> rows, CancellationToken cancellation)
    {
        var states = new Dictionary<int, string>();
        using var reader = new RowReader(dataset, new ItemText([]));
        while (states.Count < rows.Count && reader.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            if (rows.Contains(reader.Row))
                states.Add(reader.Row, PictureState.Of(reader.PicturePath(out _)));
        }

        return states;
    }
}
