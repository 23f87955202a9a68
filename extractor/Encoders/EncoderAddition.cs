using Microsoft.ML.OnnxRuntime;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Makes an encoder's folder of an ONNX file. Only what the model does not tell has to be said.</summary>
public static class EncoderAddition
{
    /// <summary>Probes the model, copies it with its external data, vocabulary and merges, and writes encoder.json last.</summary>
    /// <exception cref="UserErrorException">The model can't be loaded, or something it does not tell was not said.</exception>
    public static void Make(string folder, EncoderAdditionRequest request)
    {
        RegularFile.Require(request.ModelPath);
        if (!File.Exists(request.ModelPath))
            throw new UserErrorException($"model '{request.ModelPath}' does not exist; give an ONNX file.");
        var config = Probe(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), request);
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, EncoderFolder.ConfigFile));
        Copy(request.ModelPath, folder, EncoderFolder.DefaultModelFile);
        foreach (string location in ModelWeights.Scan(request.ModelPath).ExternalFiles)
            Copy(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(request.ModelPath))!, location), folder, location);
        if (request.VocabularyPath is not null)
            Copy(request.VocabularyPath, folder, config.Tokenizer!.Vocabulary);
        if (request.MergesPath is not null)
            Copy(request.MergesPath, folder, config.Tokenizer!.Merges);
        EncoderFolder.WriteConfig(folder, config);
    }

    private static EncoderConfig Probe(string name, EncoderAdditionRequest request)
    {
        foreach (string location in ModelWeights.Scan(request.ModelPath).ExternalFiles)
            RegularFile.Require(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(request.ModelPath))!, location));
        using var session = Open(request.ModelPath);
        SessionInput[] inputs = [.. session.InputMetadata.Select(i => new SessionInput(i.Key, InputRoles.Of(i.Key, i.Value, request.ModelPath), i.Value.ElementDataType, i.Value.Dimensions))];
        foreach (var input in inputs)
            SessionChecks.CheckAxes(input, request.ModelPath);
        bool takesText = inputs.Any(i => i.Role == InputRole.Ids);
        bool takesPicture = inputs.Any(i => i.Role == InputRole.Pixels);
        if (request.Output is null && session.OutputMetadata.Count > 1)
            throw new UserErrorException($"{request.ModelPath} has {session.OutputMetadata.Count} outputs ({Describe(session.OutputMetadata)}); say which one is the vector by --output.");
        string output = request.Output ?? session.OutputMetadata.Keys.Single();
        if (!session.OutputMetadata.TryGetValue(output, out var declared))
            throw new UserErrorException($"{request.ModelPath} has no output '{output}'; it has {Describe(session.OutputMetadata)}.");
        OutputChoice.Checked(output, declared, request.ModelPath);
        if (declared.Dimensions is [_, _, not 1] && request.Pooling == Pooling.None)
            throw new UserErrorException($"output '{output}' of {request.ModelPath} has positions [{string.Join(", ", declared.Dimensions)}]; say how they become one vector by --pooling cls, mean or max.");
        return new EncoderConfig
        {
            Name = name,
            Modality = takesText && takesPicture ? EncoderModality.Cross : takesText ? EncoderModality.Text : EncoderModality.Image,
            Tokenizer = takesText ? TokenizerOf(request, inputs.First(i => i.Role == InputRole.Ids).Dimensions[1]) : null,
            Image = takesPicture ? ImageOf(request, inputs.First(i => i.Role == InputRole.Pixels)) : null,
            Output = output,
            Pooling = request.Pooling,
            Normalize = request.Normalize,
        };
    }

    private static InferenceSession Open(string path)
    {
        try
        {
            using var options = EncoderSession.CreateOptions(new SessionSettings());
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new UserErrorException($"{path} can't be loaded by ONNX Runtime ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}); give a whole ONNX model with its external data beside it.", failure);
        }
    }

    private static TokenizerSpec TokenizerOf(EncoderAdditionRequest request, int declaredLength)
    {
        if (request.Tokenizer is not { } type)
            throw new UserErrorException($"{request.ModelPath} takes token ids, and does not say which tokenizer made them; say it by --tokenizer and --vocabulary.");
        if (declaredLength > 0 && request.MaxLength is { } asked && asked != declaredLength)
            throw new UserErrorException($"{request.ModelPath} takes texts of exactly {declaredLength} ids, but --max-length {asked} was given; leave it out.");
        return new TokenizerSpec
        {
            Type = type,
            Vocabulary = request.VocabularyPath is null ? "" : type == TokenizerType.ClipBpe ? "vocab.json" : "vocab.txt",
            Merges = request.MergesPath is null ? "" : "merges.txt",
            MaxLength = declaredLength > 0 ? declaredLength : request.MaxLength ?? new TokenizerSpec().MaxLength,
            PadToMaxLength = declaredLength > 0 || request.PadToMaxLength,
            Lowercase = !request.Cased,
            StripAccents = !request.Cased,
        };
    }

    private static ImageSpec ImageOf(EncoderAdditionRequest request, SessionInput input)
    {
        var (height, width, _) = PictureDimensions.Of(input.Dimensions);
        int declared = Math.Max(height, width);
        if (request.Size is null && declared <= 0)
            throw new UserErrorException($"{request.ModelPath} takes pictures of [{string.Join(", ", input.Dimensions)}], which does not say their size; say it by --size.");
        bool isPlain = (request.Mean ?? []).All(m => m == 0) && (request.Std ?? []).All(s => s == 1);
        if (input.IsWhole && !isPlain)
            throw new UserErrorException($"{request.ModelPath} takes a picture's bytes ('{input.Name}' is of type {input.Type}), which can't be normalised before; leave out --mean and --std.");
        if (!input.IsWhole && (request.Mean is null || request.Std is null))
            throw new UserErrorException($"{request.ModelPath} takes pictures, and does not say how their values are normalised; say it by --mean and --std (three numbers each; 0.5 0.5 0.5 both for values from -1 to 1).");
        return new ImageSpec
        {
            Size = request.Size ?? declared,
            ResizeTo = request.ResizeTo,
            Interpolation = request.Interpolation,
            Rescale = input.IsWhole ? 1 : new ImageSpec().Rescale,
            Mean = request.Mean ?? [0, 0, 0],
            Std = request.Std ?? [1, 1, 1],
            Background = request.Background,
        };
    }

    private static string Describe(IReadOnlyDictionary<string, NodeMetadata> outputs) =>
        string.Join(", ", outputs.Select(o => $"'{o.Key}' [{string.Join(", ", o.Value.Dimensions)}]"));

    private static void Copy(string from, string folder, string name)
    {
        string to = Path.GetFullPath(Path.Combine(folder, name));
        if (Path.GetFullPath(from) == to)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        AtomicFile.Copy(from, to);
    }
}

/// <summary>What is said about a model that becomes an encoder (<see cref="EncoderAddition"/>).</summary>
public sealed record EncoderAdditionRequest
{
    /// <summary>The ONNX file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Vocabulary, or null.</summary>
    public string? VocabularyPath { get; init; }

    /// <summary>Merges, or null.</summary>
    public string? MergesPath { get; init; }

    /// <summary>The output that is the vector; null = the only one.</summary>
    public string? Output { get; init; }

    /// <summary>For an output with positions.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>For a model that takes token ids.</summary>
    public TokenizerType? Tokenizer { get; init; }

    /// <summary>Ids an item at most; null = as the model declares, or 128.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Fill every text up to that, for a model that has no mask of its own.</summary>
    public bool PadToMaxLength { get; init; }

    /// <summary>Keep upper case and accents.</summary>
    public bool Cased { get; init; }

    /// <summary>Side of the pictures; null = as the model declares.</summary>
    public int? Size { get; init; }

    /// <summary>Side to resize to before the crop; 0 = the size.</summary>
    public int ResizeTo { get; init; }

    /// <summary>The filter of the resize.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>Mean of each channel.</summary>
    public float[]? Mean { get; init; }

    /// <summary>Standard deviation of each channel.</summary>
    public float[]? Std { get; init; }

    /// <summary>Red, green and blue behind transparent pixels; null = white.</summary>
    public int[]? Background { get; init; }

    /// <summary>Bring vectors to unit length.</summary>
    public bool Normalize { get; init; }
}
