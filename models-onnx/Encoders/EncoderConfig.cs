using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Models.Encoders;

/// <summary>
/// encoder.json: what can't be read off the ONNX session itself. Input names, output width and element types are not here: they are
/// probed when the session is opened.
/// </summary>
public sealed record EncoderConfig
{
    /// <summary>A short name, shown in lists and kept with the features.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the encoder looks at.</summary>
    public EncoderModality Modality { get; init; } = EncoderModality.Text;

    /// <summary>The model file, relative to the encoder's folder.</summary>
    public string Model { get; init; } = EncoderFolder.DefaultModelFile;

    /// <summary>How text becomes ids; null where the model takes no text.</summary>
    public TokenizerSpec? Tokenizer { get; init; }

    /// <summary>How a picture becomes pixel values; null where the model takes no picture.</summary>
    public ImageSpec? Image { get; init; }

    /// <summary>How an output with a position axis becomes one vector.</summary>
    public Pooling Pooling { get; init; } = Pooling.None;

    /// <summary>Name of the output to take; empty where the model has only one.</summary>
    public string Output { get; init; } = "";

    /// <summary>Whether the vector is brought to unit length (after pooling).</summary>
    public bool Normalize { get; init; }

    /// <summary>Factor on the vector (after normalisation).</summary>
    public float Scale { get; init; } = 1f;
}

/// <summary>What must hold between the values of encoder.json.</summary>
internal static class EncoderConfigChecks
{
    public static void Check(EncoderConfig config, string path)
    {
        if (config.Name.Length == 0)
            Fail(path, "name", "is empty", "give the encoder a short name");
        CheckFileName(path, "model", config.Model);
        if (config.Model.Length == 0)
            Fail(path, "model", "is empty", "name the ONNX file");
        if (config.Modality != EncoderModality.Image && config.Tokenizer is null)
            Fail(path, "tokenizer", "is missing", $"a {config.Modality.ToString().ToLowerInvariant()} encoder needs one");
        if (config.Modality != EncoderModality.Text && config.Image is null)
            Fail(path, "image", "is missing", $"a {config.Modality.ToString().ToLowerInvariant()} encoder needs one");
        if (config.Tokenizer is not null)
            CheckTokenizer(config.Tokenizer, path);
        if (config.Image is not null)
            CheckImage(config.Image, path);
        if (!float.IsFinite(config.Scale) || config.Scale == 0)
            Fail(path, "scale", $"is {config.Scale}", "a finite number other than 0 is needed");
    }

    private static void CheckTokenizer(TokenizerSpec tokenizer, string path)
    {
        // [CLS] and [SEP], or their like, and one piece of text between them.
        int least = tokenizer.Type is TokenizerType.WordPiece or TokenizerType.ClipBpe ? 3 : 1;
        if (tokenizer.MaxLength < least || tokenizer.MaxLength > EncoderLimits.Length)
            Fail(path, "tokenizer.maxLength", $"is {tokenizer.MaxLength}", $"{least} to {EncoderLimits.Length:N0} ids are allowed");
        if (tokenizer.MaxWords is < 1 or > 3)
            Fail(path, "tokenizer.maxWords", $"is {tokenizer.MaxWords}", "1, 2 or 3 is needed");
        if (tokenizer.UnknownIds is < 0 or > 1 << 20)
            Fail(path, "tokenizer.unknownIds", $"is {tokenizer.UnknownIds}", "0 to 1048576 are allowed");
        if (tokenizer.Type != TokenizerType.HashedNgrams && tokenizer.Vocabulary.Length == 0)
            Fail(path, "tokenizer.vocabulary", "is empty", "name the vocabulary file");
        if (tokenizer.Type == TokenizerType.ClipBpe && tokenizer.Merges.Length == 0)
            Fail(path, "tokenizer.merges", "is empty", "name the merges file");
        CheckFileName(path, "tokenizer.vocabulary", tokenizer.Vocabulary);
        CheckFileName(path, "tokenizer.merges", tokenizer.Merges);
    }

    private static void CheckImage(ImageSpec image, string path)
    {
        if (image.Size is < 1 or > EncoderLimits.Side)
            Fail(path, "image.size", $"is {image.Size}", $"1 to {EncoderLimits.Side} pixels are allowed");
        if (image.ResizeTo != 0 && (image.ResizeTo < image.Size || image.ResizeTo > EncoderLimits.ResizeTo))
            Fail(path, "image.resizeTo", $"is {image.ResizeTo}", $"0, or from image.size ({image.Size}) to {EncoderLimits.ResizeTo} pixels are allowed");
        if (!double.IsFinite(image.Rescale) || image.Mean.Any(m => !float.IsFinite(m)))
            Fail(path, "image.rescale or image.mean", "holds a number that is not finite", "finite numbers are needed");
        if (image.Mean.Length != 3 || image.Std.Length != 3)
            Fail(path, "image.mean and image.std", $"hold {image.Mean.Length} and {image.Std.Length} numbers", "three each are needed");
        if (image.Background is { } background && (background.Length != 3 || background.Any(channel => channel is < 0 or > 255)))
            Fail(path, "image.background", $"is [{string.Join(", ", background)}]", "red, green and blue from 0 to 255 are needed");
        if (image.Std.Any(s => !(s > 0)))
            Fail(path, "image.std", "holds a number that is not above 0", "three positive numbers are needed");
    }

    private static void CheckFileName(string path, string key, string file)
    {
        if (file.Contains('\0') || Path.IsPathRooted(file) || file.Split('/', '\\').Contains(".."))
            Fail(path, key, $"is '{file}'", "a file inside the encoder's folder is needed");
    }

    [DoesNotReturn]
    private static void Fail(string path, string key, string found, string needed) =>
        throw new UserErrorException($"{path}: {key} {found}; {needed}.");
}

/// <summary>What an encoder looks at; also the name (in lower case) of the modality in the feature store.</summary>
public enum EncoderModality
{
    /// <summary>The item's text.</summary>
    Text,

    /// <summary>The item's picture.</summary>
    Image,

    /// <summary>Text and picture in one graph; it answers when one of them is missing.</summary>
    Cross,
}

/// <summary>How an output of shape [items, positions, width] becomes one vector an item.</summary>
public enum Pooling
{
    /// <summary>The output is [items, width] already.</summary>
    None,

    /// <summary>The first position.</summary>
    Cls,

    /// <summary>The mean over the positions that the attention mask marks.</summary>
    Mean,

    /// <summary>The largest value over the positions that the attention mask marks.</summary>
    Max,
}
