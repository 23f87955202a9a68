using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>An encoder of a run.</summary>
/// <param name="Encoder">The encoder, opened.</param>
/// <param name="Name">Name of the modality that it makes.</param>
/// <param name="Given">What it was asked for by.</param>
internal sealed record ChosenEncoder(EncoderFolder Encoder, string Name, string Given)
{
    /// <summary>Finds the encoders of every modality that some item has, or that the store has. None is made before all are known to be there or to be made.</summary>
    /// <exception cref="UserErrorException">One is not there, is one of another modality, or makes what another one makes.</exception>
    public static IReadOnlyList<ChosenEncoder> Choose(ExtractionSettings settings, CatalogueScan scan, EncoderResolution resolution, WorkContext context)
    {
        var wanted = Wanted(settings, scan, resolution, context).ToArray();
        foreach (var (modality, name, _) in wanted)
            resolution.Check(name, modality);

        var chosen = new List<ChosenEncoder>();
        foreach (var (modality, name, called) in wanted)
        {
            var encoder = resolution.Resolve(name, modality, context.Cancellation);
            Add(encoder, called ?? ModalityNaming.Of(encoder, chosen.Count(other => other.Encoder.Config.Modality == modality)), name);
        }

        foreach (string name in settings.Refit ? FittedEncoders.Names : [])
        {
            if (chosen.Any(encoder => FittedEncoders.KindOf(encoder.Encoder.Config.Name) == name) && resolution.Refit(name, context.Cancellation) is { } anew && chosen.All(encoder => encoder.Encoder.Config.Name != anew.Config.Name))
                Add(anew, ModalityNaming.Of(anew, place: 1), anew.Config.Name);
        }

        return chosen;

        void Add(EncoderFolder encoder, string called, string given)
        {
            // The second would take the place of what the first has just made.
            if (chosen.Any(other => other.Name == called))
                throw new UserErrorException($"two encoders of this run would both make the modality '{called}' (the second is {encoder.Folder}); give one of them another name in its {EncoderFolder.ConfigFile}.");
            chosen.Add(new(encoder, called, given));
        }
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

    private static IEnumerable<(EncoderModality Modality, string Name, string? Called)> Wanted(ExtractionSettings settings, CatalogueScan scan, EncoderResolution resolution, WorkContext context)
    {
        return Of(EncoderModality.Text, settings.Text, BuiltInNames.FittedText, scan.WithText, "text")
            .Concat(Of(EncoderModality.Image, settings.Image, BuiltInNames.Image, scan.WithImage, "a picture"))
            .Concat(Of(EncoderModality.Cross, settings.Cross, BuiltInNames.Cross, Math.Min(scan.WithText, scan.WithImage), "both text and picture anywhere"));

        IEnumerable<(EncoderModality, string, string?)> Of(EncoderModality modality, string setting, string standard, int items, string what)
        {
            if (setting.Length == 0)
                return [];
            var made = resolution.Made(modality);
            if (setting == ExtractionSettings.Auto && made.Count > 0)
            {
                // Whoever named that encoder knows where it is; another one must not take its features' place unasked.
                foreach (var left in made.Where(m => !resolution.IsAtHand(m, modality)))
                    context.Log.Warning("{Modality:l}: left as it is, as its encoder {Encoder:l} is not in {Folder:l}; name it by --{Option:l}, or its folder by --encoders", left.Name, left.EncoderName, settings.Encoders, modality.ToString().ToLowerInvariant());
                return made.Where(m => resolution.IsAtHand(m, modality)).Select(m => (modality, m.EncoderName, (string?)m.Name)).ToList();
            }

            if (items > 0 || made.Count > 0)
                return ModalityNaming.Encoders(setting == ExtractionSettings.Auto ? standard : setting).Select(name => (modality, name, (string?)null));
            context.Log.Information("{Modality:l}: left out, no item has {What:l}", modality.ToString().ToLowerInvariant(), what);
            return [];
        }
    }
}
