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
public sealed record SessionInput(string Name, InputRole Role, TensorElementType Type, int[] Dimensions)
{
    /// <summary>Whether a picture's channels come last, [items, size, size, 3], as the model declares.</summary>
    public bool IsChannelsLast => PictureDimensions.IsChannelsLast(Dimensions);

    /// <summary>Whether whole numbers are taken; a picture's are its bytes then.</summary>
    internal bool IsWhole => Type is not (TensorElementType.Float or TensorElementType.Float16 or TensorElementType.Double);
}

/// <summary>The four dimensions of a picture as models declare them.</summary>
internal static class PictureDimensions
{
    private const int Channels = 3;

    /// <summary>[items, height, width, 3] in place of [items, 3, height, width].</summary>
    public static bool IsChannelsLast(int[] dimensions) => dimensions is [_, not Channels, _, Channels];

    /// <summary>Height, width and channels; −1 where they are free.</summary>
    public static (int Height, int Width, int Channels) Of(int[] dimensions) =>
        IsChannelsLast(dimensions) ? (dimensions[1], dimensions[2], dimensions[3]) : (dimensions[2], dimensions[3], dimensions[1]);
}

/// <summary>Which of a model's outputs is the vector.</summary>
internal static class OutputChoice
{
    public static string Of(EncoderFolder encoder, IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        string named = encoder.Config.Output;
        if (named.Length > 0 && outputs.ContainsKey(named))
            return Checked(named, outputs[named], encoder.ModelPath);
        if (named.Length == 0 && outputs.Count == 1)
            return Checked(outputs.Keys.Single(), outputs.Values.Single(), encoder.ModelPath);
        string shapes = string.Join(", ", outputs.Select(o => $"'{o.Key}' [{string.Join(", ", o.Value.Dimensions)}]"));
        throw new UserErrorException(named.Length > 0
            ? $"{encoder.ConfigPath} names the output '{named}', but {encoder.ModelPath} has {shapes}; correct 'output'."
            : $"{encoder.ModelPath} has {outputs.Count} outputs ({shapes}); say which one is the vector by 'output' in {EncoderFolder.ConfigFile}.");
    }

    /// <summary>The name of an output that holds numbers with a point.</summary>
    /// <exception cref="UserErrorException">It holds something else.</exception>
    public static string Checked(string name, NodeMetadata output, string model) =>
        output.IsTensor && output.ElementDataType is TensorElementType.Float or TensorElementType.Float16 or TensorElementType.Double
            ? name
            : throw new UserErrorException($"{model}: output '{name}' is of type {(output.IsTensor ? output.ElementDataType : output.OnnxValueType)}, but float, float16 or double was expected; export the model with one of these.");
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
        if (inputs.GroupBy(i => i.Role).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UserErrorException($"{encoder.ModelPath} has {twice.Count()} inputs that would be filled alike ({string.Join(", ", twice.Select(i => $"'{i.Name}' [{string.Join(", ", i.Dimensions)}]"))}), but one was expected; export the model without the others.");
        foreach (var input in inputs)
        {
            CheckAxes(input, encoder.ModelPath);
            if (input.Role == InputRole.Pixels)
                CheckPicture(encoder, input, encoder.Config.Image!);
            else if (input.Role is not (InputRole.HasText or InputRole.HasImage))
                CheckLength(encoder, input, encoder.Config.Tokenizer);
        }
    }

    /// <summary>Rows that every batch must have, where the model declares them; null where it takes any number.</summary>
    /// <exception cref="UserErrorException">Inputs declare different numbers.</exception>
    public static int? FixedRows(EncoderFolder encoder, IReadOnlyList<SessionInput> inputs)
    {
        int[] declared = [.. inputs.Select(i => i.Dimensions[0]).Where(rows => rows > 0).Distinct()];
        return declared.Length switch
        {
            0 => null,
            1 => declared[0],
            _ => throw new UserErrorException($"{encoder.ModelPath} declares inputs of {string.Join(" and ", declared)} items; export it with one number, or a free first dimension."),
        };
    }

    /// <summary>Refuses an input of another number of axes than what it is filled with.</summary>
    public static void CheckAxes(SessionInput input, string model)
    {
        int axes = input.Role switch { InputRole.Pixels => 4, InputRole.HasText or InputRole.HasImage => 1, _ => 2 };
        if (input.Dimensions.Length != axes)
            throw new UserErrorException($"{model}: input '{input.Name}' has {input.Dimensions.Length} axes [{string.Join(", ", input.Dimensions)}], but {axes} were expected; export the model so, with the shapes of its inputs.");
    }

    private static void CheckPicture(EncoderFolder encoder, SessionInput input, ImageSpec image)
    {
        var (height, width, channels) = PictureDimensions.Of(input.Dimensions);
        if (channels > 0 && channels != 3)
            throw new UserErrorException($"{encoder.ModelPath} takes pictures of [{string.Join(", ", input.Dimensions)}], but three channels were expected; export the model with them.");
        if (height > 0 && width > 0 && height != width)
            throw new UserErrorException($"{encoder.ModelPath} takes pictures of {width} x {height} pixels, but a square was expected; export the model for one, or with free sides.");
        if ((height > 0 && height != image.Size) || (width > 0 && width != image.Size))
            Fail(encoder, $"takes pictures of [{string.Join(", ", input.Dimensions)}]", $"says image.size {image.Size}");
        if (input.IsWhole && (image.Rescale != 1 || image.Mean.Any(m => m != 0) || image.Std.Any(s => s != 1)))
            Fail(encoder, $"takes a picture's bytes ('{input.Name}' is of type {input.Type})", "says that they are to be normalised (image.rescale must be 1, image.mean zeros, image.std ones)");
    }

    private static void CheckLength(EncoderFolder encoder, SessionInput input, TokenizerSpec? tokenizer)
    {
        int length = input.Dimensions[1];
        if (length > 0 && tokenizer is not null && !(tokenizer.PadToMaxLength && tokenizer.MaxLength == length))
            Fail(encoder, $"takes texts of exactly {length} ids ('{input.Name}')", $"does not fill them up to that (tokenizer.maxLength must be {length}, tokenizer.padToMaxLength true)");
    }

    private static void Fail(EncoderFolder encoder, string model, string config) =>
        throw new UserErrorException($"{encoder.ModelPath} {model}, but {encoder.ConfigPath} {config}; correct {EncoderFolder.ConfigFile} or put the right model there.");
}
