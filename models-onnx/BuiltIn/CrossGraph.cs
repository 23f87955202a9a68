using UniM2Rec.Models.Graphs;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>The fusion of a text and an image vector into one.</summary>
internal static class CrossGraph
{
    /// <summary>Width of either side, and of their product.</summary>
    public const int SideWidth = 256;

    /// <summary>
    /// Declares <c>has_text</c> and <c>has_image</c> [items] and adds: both sides at unit length, zero where missing, and their element-wise
    /// product, which says what goes with what; all at a fixed length [items, 768].
    /// </summary>
    public static void AddFusion(GraphBuilder graph, Value text, Value image)
    {
        var hasText = graph.Unsqueeze(graph.Input("has_text", ElementType.Float, "items"), 1);
        var hasImage = graph.Unsqueeze(graph.Input("has_image", ElementType.Float, "items"), 1);
        var textSide = graph.Mul(graph.NormalizeLast(text), hasText);
        var imageSide = graph.Mul(graph.NormalizeLast(image), hasImage);
        // The product of two unit vectors has length about 1 / √width; this brings it to the sides' length.
        var product = graph.Mul(graph.Mul(textSide, imageSide), graph.Scalar(Math.Sqrt(SideWidth)));
        var fused = graph.NormalizeLast(graph.Concat(1, textSide, imageSide, product), Math.Sqrt(3 * SideWidth) / 2);
        graph.Output(fused, TextGraphs.OutputName, "items", 3 * SideWidth);
    }
}
