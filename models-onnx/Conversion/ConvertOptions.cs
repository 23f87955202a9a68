using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Graphs.Bert;

namespace UniM2Rec.Models.Conversion;

/// <summary>What a conversion can't read from the folder, or is told to do otherwise.</summary>
public sealed record ConvertOptions
{
    /// <summary>Name of the encoder; empty = the output folder's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Precision of weights and arithmetic.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Pooling of BERT and VisualBERT; null = what 1_Pooling/config.json says, else the first position.</summary>
    public SentencePooling? Pooling { get; init; }

    /// <summary>Whether vectors are brought to unit length; null = what modules.json says, else no.</summary>
    public bool? Normalize { get; init; }

    /// <summary>Longest text in tokens; 0 = what the folder says. Never more than the model has positions.</summary>
    public int MaxLength { get; init; }

    /// <summary>VisualBERT only: folder of the ResNet whose last map gives the visual tokens.</summary>
    public string ImageBackbone { get; init; } = "";

    /// <summary>With more bytes of weights than this, they go into a file beside the model.</summary>
    public long ExternalDataThreshold { get; init; } = OnnxFile.LargestInlineBytes;
}
