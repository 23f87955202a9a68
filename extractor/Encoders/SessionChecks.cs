using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>What must hold between a session's inputs and encoder.json.</summary>
internal static class SessionChecks
{
    public static void Check(EncoderPack pack, IReadOnlyList<SessionInput> inputs)
    {
        var takesText = inputs.Any(i => i.Role == InputRole.Ids);
        var takesPicture = inputs.Any(i => i.Role == InputRole.Pixels);
        if (takesText != pack.Config.Tokenizer is not null)
            Fail(pack, takesText ? "takes token ids" : "takes no token ids", takesText ? "has no tokenizer" : "has a tokenizer");
        if (takesPicture != pack.Config.Image is not null)
            Fail(pack, takesPicture ? "takes a picture" : "takes no picture", takesPicture ? "has no image section" : "has an image section");
        if (inputs.FirstOrDefault(i => i.Role == InputRole.Pixels) is { } pixels && pack.Config.Image is { } image
            && (Differs(pixels.Dimensions[2], image.Size) || Differs(pixels.Dimensions[3], image.Size) || Differs(pixels.Dimensions[1], 3)))
        {
            Fail(pack, $"takes pictures of [{string.Join(", ", pixels.Dimensions)}]", $"says image.size {image.Size}");
        }
    }

    private static bool Differs(int declared, int wanted) => declared > 0 && declared != wanted;

    private static void Fail(EncoderPack pack, string model, string config) =>
        throw new UserErrorException($"{pack.ModelPath} {model}, but {pack.ConfigPath} {config}; correct {EncoderPack.ConfigFile} or put the right model there.");
}
