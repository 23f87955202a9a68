namespace UniM2Rec.Models.Packs;

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
    public string Model { get; init; } = EncoderPack.DefaultModelFile;

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
