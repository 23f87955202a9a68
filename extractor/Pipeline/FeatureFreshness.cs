using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Whether a store's features are those of the encoders as they are now.</summary>
internal static class FeatureFreshness
{
    /// <summary>What became of the encoder that made a modality, in a few words.</summary>
    /// <param name="modality">The features.</param>
    /// <param name="folders">Folders in which encoders are looked for.</param>
    /// <param name="cancellation">Stops.</param>
    public static string Of(ModalityFeatures modality, IEnumerable<string> folders, CancellationToken cancellation)
    {
        var packs = folders.Where(Directory.Exists).SelectMany(Directory.GetDirectories).Order(StringComparer.Ordinal).Select(TryOpen)
            .Where(pack => pack is not null && pack.Config.Name == modality.EncoderName && ModalityNaming.Fits(modality.Name, pack)).Select(pack => pack!).ToArray();
        if (packs.Length == 0)
            return "encoder not found";
        return packs.Any(pack => AreFrom(pack, modality, cancellation)) ? "up to date" : $"stale, encoder is now {Short(packs[0].Fingerprint(cancellation))}";
    }

    /// <summary>What a store has from an encoder, in a few words.</summary>
    public static string Of(EncoderPack pack, FeatureStore store, CancellationToken cancellation)
    {
        var fitting = store.ModalityNames.Where(name => ModalityNaming.Fits(name, pack)).Select(store.Modality).ToArray();
        if (fitting.Length == 0)
            return "none";
        if (fitting.Any(features => AreFrom(pack, features, cancellation)))
            return "up to date";
        var modality = fitting.FirstOrDefault(features => features.EncoderName == pack.Config.Name) ?? fitting[0];
        return modality.EncoderName == pack.Config.Name ? $"stale, made by {Short(modality.EncoderFingerprint)}" : $"made by {modality.EncoderName}";
    }

    /// <summary>The fingerprint that is stored depends on the fields that made the texts too, of which there are few choices.</summary>
    private static bool AreFrom(EncoderPack pack, ModalityFeatures features, CancellationToken cancellation)
    {
        var own = pack.Fingerprint(cancellation);
        return own == features.EncoderFingerprint
            || (pack.Config.Modality != EncoderModality.Image && FieldChoices([]).Any(fields => new ItemText(fields).Fingerprint(own) == features.EncoderFingerprint));
    }

    private static IEnumerable<string[]> FieldChoices(string[] begun) =>
        ItemText.Fields.Except(begun).Select(field => (string[])[.. begun, field]).SelectMany(longer => FieldChoices(longer).Prepend(longer));

    private static EncoderPack? TryOpen(string folder)
    {
        try
        {
            return File.Exists(Path.Combine(folder, EncoderPack.ConfigFile)) ? EncoderPack.Open(folder) : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
}
