namespace UniM2Rec.Models.Graphs.ResNet;

/// <summary>A convolution without bias and the batch normalisation behind it.</summary>
/// <param name="Convolution">name of the convolution's weights, without ".weight"</param>
/// <param name="Normalization">name of the normalisation's weights, without ".weight"</param>
/// <param name="Stride">pixels from one result to the next</param>
internal sealed record NormalizedConvolution(string Convolution, string Normalization, int Stride);
