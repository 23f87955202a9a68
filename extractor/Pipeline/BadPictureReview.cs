using UniM2Rec.Catalogue;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Features;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Finds the bad pictures among rows that an earlier run made: items that name a picture but have no image features. Only those few are
/// decoded again, for the reason, so that the list of rejects does not depend on whether a run was interrupted.
/// </summary>
internal sealed class BadPictureReview(Dataset dataset, RowReader reader, string storeFolder, bool imageWanted)
{
    public void Complete(BadPictures bad, CancellationToken cancellation)
    {
        const string modality = "image";
        using var store = FeatureStore.Open(storeFolder);
        if (!imageWanted || !store.HasModality(modality))
            return;
        var features = store.Modality(modality);
        var preparation = new PicturePreparation(new ImageSpec { Size = 8, ResizeMode = ResizeMode.Stretch, Interpolation = Interpolation.Area });
        var pixels = new float[preparation.Length];
        using var silent = new RejectLog(csvPath: null);
        var row = 0;
        foreach (var item in dataset.Domains.SelectMany(domain => dataset.ReadItems(domain, silent)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (item.Image.Length > 0 && !features.IsPresent(row) && !bad.Contains(row))
            {
                var source = reader.Source(item);
                bad.Add(row, source.ImageProblem ?? preparation.Prepare(source.ImagePath!, pixels) ?? "the picture can be used now, but could not when its features were made; make them again with --start-over");
            }

            row++;
        }
    }
}
