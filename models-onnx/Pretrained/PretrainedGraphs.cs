using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Pretrained;

/// <summary>The graphs that packaged models are built into.</summary>
internal static class PretrainedGraphs
{
    /// <summary>Name of the output.</summary>
    public const string Output = "embedding";

    /// <summary>Side of ResNet-18's pictures in pixels.</summary>
    public const int PictureSide = 224;

    private const int PictureWidth = 512;
    private const int TextWidth = 384;
    private const string MeanImage = "MeanImage";
    private const string PictureInput = "Input247";
    private const string PictureOutput = "Pooling395_Output_0";

    /// <summary>ResNet-18 with its preparation before it, for any number of pictures, as [items, 512].</summary>
    public static void WriteResNet18(byte[] model, byte[] preparation, string path)
    {
        var graph = new GraphBuilder("resnet18");
        graph.Output(AddResNet18(graph, model, preparation), Output, "items", PictureWidth);
        OnnxWriter.Write(graph, path);
    }

    /// <summary>
    /// MiniLM and ResNet-18 side by side: [items, 384 + 512], each half at unit length, or zeros where <c>has_text</c> or <c>has_image</c> is 0.
    /// The other half stays as it is then; the answer to an item does not depend on padding, nor on what else is in the batch.
    /// </summary>
    public static void WriteMiniLmResNet18(byte[] text, byte[] model, byte[] preparation, string path)
    {
        var graph = new GraphBuilder("minilm-resnet18");
        var sentence = Present(graph, AddMiniLm(graph, text), "has_text");
        var picture = Present(graph, AddResNet18(graph, model, preparation), "has_image");
        graph.Output(graph.Concat(1, sentence, picture), Output, "items", TextWidth + PictureWidth);
        OnnxWriter.Write(graph, path);
    }

    /// <summary>
    /// The states of MiniLM added up over the positions that the mask marks, [items, 384]: at unit length, the sum is the mean.
    /// </summary>
    private static Value AddMiniLm(GraphBuilder graph, byte[] model)
    {
        var ids = graph.Input("input_ids", ElementType.Int64, "items", "length");
        var mask = graph.Input("attention_mask", ElementType.Int64, "items", "length");
        var types = graph.Input("token_type_ids", ElementType.Int64, "items", "length");
        var states = graph.Import(
            OnnxReader.Read(model, "MiniLM"), "minilm/", "last_hidden_state", ("input_ids", ids), ("attention_mask", mask), ("token_type_ids", types));
        var marks = graph.Unsqueeze(graph.Cast(mask, ElementType.Float), 1);   // [items, 1, length]
        return graph.Squeeze(graph.MatMul(marks, states), 1);
    }

    /// <summary>
    /// The mean of ResNet-18's last map, [items, 512]. The package's own preparation (ResNetPreprocess.onnx) turns the channels round to blue,
    /// green, red and takes off a mean picture, [1, 3, 224, 224], from bytes; the channels come in that order here (encoder.json).
    /// </summary>
    private static Value AddResNet18(GraphBuilder graph, byte[] model, byte[] preparation)
    {
        var pixels = graph.Input("pixel_values", ElementType.Float, "items", 3, PictureSide, PictureSide);
        var mean = OnnxReader.Read(preparation, "ResNet-18's preparation").Initializers.Single(weight => weight.Name == MeanImage);
        var centred = graph.Sub(pixels, graph.Weight("mean_image", mean.Type, [.. mean.Shape], mean.WriteData));
        var pooled = graph.Import(OnnxReader.Read(model, "ResNet-18"), "resnet18/", PictureOutput, (PictureInput, centred));   // [items, 512, 1, 1]
        return graph.Squeeze(pooled, 2, 3);
    }

    /// <summary>The vectors at unit length; zeros, whatever came out, where the item has no such side.</summary>
    private static Value Present(GraphBuilder graph, Value vector, string name)
    {
        var has = graph.Unsqueeze(graph.Input(name, ElementType.Float, "items"), 1);
        return graph.Where(graph.Greater(has, graph.Scalar(0)), graph.NormalizeLast(vector), graph.Scalar(0));
    }
}
