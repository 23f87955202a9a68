using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>An encoder of a run.</summary>
/// <param name="Encoder">The encoder, opened.</param>
/// <param name="Name">Name of the modality that it makes.</param>
/// <param name="Setting">The setting that names it, perhaps beside others.</param>
internal sealed record ChosenEncoder(EncoderFolder Encoder, string Name, string Setting)
{
    /// <summary>Finds the encoders of every modality that some item has. None is made before all are known to be there or to be made.</summary>
    /// <exception cref="UserErrorException">One is not there, is one of another modality, or makes what another one makes.</exception>
    public static IReadOnlyList<ChosenEncoder> Choose(ExtractionSettings settings, CatalogueScan scan, EncoderResolution resolution, WorkContext context)
    {
        var wanted = Wanted(settings, scan, context).ToArray();
        foreach (var (modality, setting) in wanted)
        {
            foreach (string name in ModalityNaming.Encoders(setting))
                resolution.Check(name, modality);
        }

        var chosen = new List<ChosenEncoder>();
        foreach (var (modality, setting) in wanted)
        {
            foreach (var (place, name) in ModalityNaming.Encoders(setting).Index())
            {
                var encoder = resolution.Resolve(name, modality, context.Cancellation);
                string called = ModalityNaming.Of(encoder, place);
                // The second would take the place of what the first has just made.
                if (chosen.Any(other => other.Name == called))
                    throw new UserErrorException($"two encoders of this run would both make the modality '{called}' (the second is {encoder.Folder}); give one of them another name in its {EncoderFolder.ConfigFile}.");
                chosen.Add(new(encoder, called, setting));
            }
        }

        return chosen;
    }

    /// <summary>Opens everything that the encoders need, one after the other, and closes it.</summary>
    /// <exception cref="UserErrorException">A model or a tokenizer can't be used.</exception>
    public static void TryAll(IEnumerable<ChosenEncoder> encoders, SessionSettings settings)
    {
        foreach (var chosen in encoders)
        {
            TextTokenizers.Open(chosen.Encoder);
            EncoderSession.Open(chosen.Encoder, settings).Dispose();
        }
    }

    private static IEnumerable<(EncoderModality Modality, string Setting)> Wanted(ExtractionSettings settings, CatalogueScan scan, WorkContext context)
    {
        if (settings.Text.Length > 0 && Has(scan.WithText, "text", "text"))
            yield return (EncoderModality.Text, settings.Text);
        if (settings.Image.Length > 0 && Has(scan.WithImage, "a picture", "image"))
            yield return (EncoderModality.Image, settings.Image);
        if (settings.Cross.Length > 0 && Has(Math.Min(scan.WithText, scan.WithImage), "both text and picture anywhere", "cross"))
            yield return (EncoderModality.Cross, settings.Cross);

        bool Has(int count, string what, string modality)
        {
            if (count == 0)
                context.Log.Information("{Modality:l}: left out, no item has {What:l}", modality, what);
            return count > 0;
        }
    }
}
