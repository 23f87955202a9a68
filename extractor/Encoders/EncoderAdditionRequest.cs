using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Encoders;

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

    /// <summary>Ids an item at most.</summary>
    public int MaxLength { get; init; } = 128;

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

    /// <summary>Bring vectors to unit length.</summary>
    public bool Normalize { get; init; }
}
