using Microsoft.ML.OnnxRuntime;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Recognises the inputs of a session.</summary>
internal static class InputRoles
{
    private static readonly Dictionary<string, InputRole> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["input_ids"] = InputRole.Ids,
        ["ids"] = InputRole.Ids,
        ["tokens"] = InputRole.Ids,
        ["attention_mask"] = InputRole.Mask,
        ["input_mask"] = InputRole.Mask,
        ["mask"] = InputRole.Mask,
        ["token_type_ids"] = InputRole.TokenTypes,
        ["segment_ids"] = InputRole.TokenTypes,
        ["position_ids"] = InputRole.Positions,
        ["weights"] = InputRole.Weights,
        ["pixel_values"] = InputRole.Pixels,
        ["has_text"] = InputRole.HasText,
        ["has_image"] = InputRole.HasImage,
    };

    /// <summary>The role of an input: by name, and for the one input of four dimensions by its shape.</summary>
    /// <exception cref="UserErrorException">The input is not recognised.</exception>
    public static InputRole Of(string name, NodeMetadata input, string model)
    {
        if (ByName.TryGetValue(name, out var role))
            return role;
        if (input.Dimensions.Length == 4)
            return InputRole.Pixels;
        throw new UserErrorException(
            $"{model} has an input '{name}' [{string.Join(", ", input.Dimensions)}] that is not known; inputs are recognised by name ({string.Join(", ", ByName.Keys)}) or as a picture by four dimensions: rename it in the model.");
    }
}
