using UniM2Rec.Models.Numerics;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>The parts of graphs that turn term ids and counts into a vector.</summary>
internal static class TextGraphs
{
    /// <summary>Name of every built-in encoder's output.</summary>
    public const string OutputName = "embedding";

    private const int Segments = 4;
    private const int SegmentRowBits = NgramTokenizer.HashBits / Segments;

    /// <summary>Declares <c>input_ids</c> and <c>weights</c>, both [items, length].</summary>
    public static (Value Ids, Value Counts) Inputs(GraphBuilder graph) =>
        (graph.Input("input_ids", ElementType.Int64, "items", "length"), graph.Input("weights", ElementType.Float, "items", "length"));

    /// <summary>A sum of fitted vectors [items, width], one for each term.</summary>
    /// <param name="graph">the graph</param>
    /// <param name="ids">[items, length]</param>
    /// <param name="counts">[items, length]</param>
    /// <param name="table">vector of every term, [terms, width]</param>
    /// <param name="terms">number of terms</param>
    /// <param name="width">width of the vectors</param>
    public static Value FittedSum(GraphBuilder graph, Value ids, Value counts, Half[] table, int terms, int width)
    {
        var rows = graph.Gather(graph.Weight("term_rows", table, terms, width), ids);
        return WeightedSum(graph, graph.Cast(rows, ElementType.Float), counts);
    }

    /// <summary>
    /// A sum of fixed random vectors [items, width], one for each hashed term. A term's vector is made of four segments, each looked up by
    /// 14 bits of the 56-bit id in one shared table: two terms agree in a segment once in 16,384 times, and in more than one hardly ever.
    /// </summary>
    public static Value HashedSum(GraphBuilder graph, Value ids, Value counts, int width, ulong seed)
    {
        int segmentWidth = width / Segments;
        const int rows = 1 << SegmentRowBits;
        var table = graph.Weight("segment_rows", new RandomNumbers(seed).Fill((long)rows * segmentWidth, 1f), rows, segmentWidth);
        var shifts = graph.Integers([.. Enumerable.Range(0, Segments).Select(s => 1L << (s * SegmentRowBits))]);
        var indices = graph.Mod(graph.Div(graph.Unsqueeze(ids, -1), shifts), graph.Integer(rows));
        var vectors = graph.Reshape(graph.Gather(table, indices), 0, 0, width);
        return WeightedSum(graph, vectors, counts);
    }

    /// <summary>Σ over positions of (1 + ln count) · vector: [items, length, width] and [items, length] to [items, width].</summary>
    private static Value WeightedSum(GraphBuilder graph, Value vectors, Value counts)
    {
        var zero = graph.Scalar(0);
        var one = graph.Scalar(1);
        var damped = graph.Add(graph.Log(graph.Max(counts, one)), one);
        var weights = graph.Where(graph.Greater(counts, zero), damped, zero);
        return graph.Squeeze(graph.MatMul(graph.Unsqueeze(weights, 1), vectors), 1);
    }
}

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
