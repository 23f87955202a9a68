namespace UniM2Rec.Models.Graphs;

/// <summary>Settings of an ONNX file.</summary>
public sealed record OnnxFile
{
    /// <summary>Protobuf can't hold more than 2 GiB; some room is left for what is not weights.</summary>
    public const long LargestInlineBytes = int.MaxValue - (64L << 20);

    /// <summary>Operator set. 17 brings LayerNormalization.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>With more bytes of weights than this, large weights go into a second file beside the model.</summary>
    public long ExternalDataThreshold { get; init; } = LargestInlineBytes;

    /// <summary>Weights up to this many bytes stay inside the model even where the others are external.</summary>
    public long KeepInlineBytes { get; init; } = 1024;

    /// <summary>Told of the bytes of weights as they are written.</summary>
    public Action<long>? Written { get; init; }
}
