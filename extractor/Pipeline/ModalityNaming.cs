using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// What the features of an encoder are called in the store. A run may have several encoders of one kind, such as a fitted and a pre-trained one for
/// text: the first one's features are <c>text</c>, another's <c>text_</c> and its name, and a model sees them as modalities of their own.
/// </summary>
internal static class ModalityNaming
{
    /// <summary>Encoders that a setting names, in order; empty where it names none.</summary>
    public static string[] Encoders(string setting) => setting.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The name of a modality by the place of its encoder among those of its kind.</summary>
    public static string Of(EncoderPack pack, int place) => place == 0 ? pack.ModalityName : Further(pack);

    /// <summary>Whether the features may be an encoder's of that kind.</summary>
    public static bool Fits(string modality, EncoderPack pack) => modality == pack.ModalityName || modality == Further(pack);

    /// <summary>Names in a store are of a-z, 0-9 and _ alone.</summary>
    private static string Further(EncoderPack pack) =>
        $"{pack.ModalityName}_{string.Concat(pack.Config.Name.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '_'))}";
}
