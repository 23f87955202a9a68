using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>What an input of an encoder is filled with; recognised by its name (docs/ENCODERS.md).</summary>
public enum InputRole
{
    /// <summary>Ids of tokens or terms, [items, length].</summary>
    Ids,

    /// <summary>1 for an id, 0 for padding, [items, length].</summary>
    Mask,

    /// <summary>Zeros, [items, length].</summary>
    TokenTypes,

    /// <summary>0, 1, 2, ... in every row, [items, length].</summary>
    Positions,

    /// <summary>How often each term occurs, [items, length].</summary>
    Weights,

    /// <summary>The picture, [items, 3, size, size].</summary>
    Pixels,

    /// <summary>1 where the item has a text, [items].</summary>
    HasText,

    /// <summary>1 where the item has a picture, [items].</summary>
    HasImage,
}

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

/// <summary>One input of a session.</summary>
/// <param name="Name">As in the model.</param>
/// <param name="Role">What it is filled with.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dimensions">Shape; −1 where it is free.</param>
public sealed record SessionInput(string Name, InputRole Role, TensorElementType Type, int[] Dimensions);

/// <summary>Which of a model's outputs is the vector.</summary>
internal static class OutputChoice
{
    public static string Of(EncoderFolder encoder, IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        string named = encoder.Config.Output;
        if (named.Length > 0 && outputs.ContainsKey(named))
            return named;
        if (named.Length == 0 && outputs.Count == 1)
            return outputs.Keys.Single();
        string shapes = string.Join(", ", outputs.Select(o => $"'{o.Key}' [{string.Join(", ", o.Value.Dimensions)}]"));
        throw new UserErrorException(named.Length > 0
            ? $"{encoder.ConfigPath} names the output '{named}', but {encoder.ModelPath} has {shapes}; correct 'output'."
            : $"{encoder.ModelPath} has {outputs.Count} outputs ({shapes}); say which one is the vector by 'output' in {EncoderFolder.ConfigFile}.");
    }
}

/// <summary>What must hold between a session's inputs and encoder.json.</summary>
internal static class SessionChecks
{
    public static void Check(EncoderFolder encoder, IReadOnlyList<SessionInput> inputs)
    {
        bool takesText = inputs.Any(i => i.Role == InputRole.Ids);
        bool takesPicture = inputs.Any(i => i.Role == InputRole.Pixels);
        if (takesText != encoder.Config.Tokenizer is not null)
            Fail(encoder, takesText ? "takes token ids" : "takes no token ids", takesText ? "has no tokenizer" : "has a tokenizer");
        if (takesPicture != encoder.Config.Image is not null)
            Fail(encoder, takesPicture ? "takes a picture" : "takes no picture", takesPicture ? "has no image section" : "has an image section");
        if (inputs.FirstOrDefault(i => i.Role == InputRole.Pixels) is { } pixels && encoder.Config.Image is { } image
            && (Differs(pixels.Dimensions[2], image.Size) || Differs(pixels.Dimensions[3], image.Size) || Differs(pixels.Dimensions[1], 3)))
        {
            Fail(encoder, $"takes pictures of [{string.Join(", ", pixels.Dimensions)}]", $"says image.size {image.Size}");
        }
    }

    private static bool Differs(int declared, int wanted) => declared > 0 && declared != wanted;

    private static void Fail(EncoderFolder encoder, string model, string config) =>
        throw new UserErrorException($"{encoder.ModelPath} {model}, but {encoder.ConfigPath} {config}; correct {EncoderFolder.ConfigFile} or put the right model there.");
}
