namespace UniM2Rec.Models.Graphs.ResNet;

/// <summary>One residual block: where its weights are and where it shrinks the picture.</summary>
/// <param name="Convolutions">its convolutions in order</param>
/// <param name="Shortcut">the convolution on the other path, or null where that path changes nothing</param>
internal sealed record ResNetBlock(IReadOnlyList<NormalizedConvolution> Convolutions, NormalizedConvolution? Shortcut);
