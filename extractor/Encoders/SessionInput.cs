using Microsoft.ML.OnnxRuntime.Tensors;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>One input of a session.</summary>
/// <param name="Name">As in the model.</param>
/// <param name="Role">What it is filled with.</param>
/// <param name="Type">Element type.</param>
/// <param name="Dimensions">Shape; −1 where it is free.</param>
public sealed record SessionInput(string Name, InputRole Role, TensorElementType Type, int[] Dimensions);
