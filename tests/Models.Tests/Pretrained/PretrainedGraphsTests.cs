using UniM2Rec.Models.Numerics;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Models.Pretrained;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pretrained;

/// <summary>The graphs over small models that have the inputs, outputs and widths of the packaged ones, a batch of one included.</summary>
public sealed class PretrainedGraphsTests : IDisposable
{
    private const int Words = 7;
    private const int TextWidth = 384;
    private const int PictureWidth = 512;
    private const int Plane = 224 * 224;
    private static readonly float[] States = new RandomNumbers(1).Fill(Words * TextWidth, 1f);
    private static readonly float[] Mixing = new RandomNumbers(2).Fill(PictureWidth * 3, 1f);
    private static readonly float[] Mean = [.. new RandomNumbers(3).Fill(3 * Plane, 1f).Select(v => 100 + v)];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ResNet_takes_the_mean_picture_off_and_any_number_of_pictures()
    {
        PretrainedGraphs.WriteResNet18(PictureModel(), Preparation(), _folder["m.onnx"]);
        float[] pixels = Pictures(2);

        float[] answer = OnnxRun.Floats(_folder["m.onnx"], "embedding", ("pixel_values", pixels, [2, 3, 224, 224]));

        Vectors.AssertClose([.. Picture(pixels.AsSpan(0, 3 * Plane)), .. Picture(pixels.AsSpan(3 * Plane))], answer, 1e-2);
    }

    [Fact]
    public void Both_halves_are_at_unit_length_and_a_missing_one_is_zero_whatever_lies_in_its_input()
    {
        Write();
        float[] pixels = Pictures(1);
        long[] ids = [3, 5, 2];

        float[] both = Embed([ids], pixels, [1], [1]);
        float[] text = Embed([ids], pixels, [1], [0]);
        float[] picture = Embed([ids], pixels, [0], [1]);

        Vectors.AssertClose([.. Unit(Sentence(ids)), .. Unit(Picture(pixels))], both, 1e-4);
        Assert.Equal(both[..TextWidth], text[..TextWidth]);
        Assert.Equal(both[TextWidth..], picture[TextWidth..]);
        Assert.All(text[TextWidth..], v => Assert.Equal(0f, v));
        Assert.All(picture[..TextWidth], v => Assert.Equal(0f, v));
        Assert.All(Embed([ids], pixels, [0], [0]), v => Assert.Equal(0f, v));
    }

    [Fact]
    public void An_item_is_answered_the_same_with_padding_and_beside_other_items()
    {
        Write();
        float[] pixels = Pictures(2);
        float[] alone = Embed([[3, 5, 2]], pixels[..(3 * Plane)], [1], [1]);

        float[] batch = Embed([[3, 5, 2, 0, 0, 0], [0, 0, 0, 0, 0, 0]], pixels, [1, 0], [1, 1], counts: [3, 0]);

        Vectors.AssertClose(alone, batch[..(TextWidth + PictureWidth)], 1e-6);
        Assert.All(batch[(TextWidth + PictureWidth)..(2 * TextWidth + PictureWidth)], v => Assert.Equal(0f, v));
    }

    private void Write() => PretrainedGraphs.WriteMiniLmResNet18(TextModel(), PictureModel(), Preparation(), _folder["m.onnx"]);

    private float[] Embed(long[][] ids, float[] pixels, float[] hasText, float[] hasImage, int[]? counts = null)
    {
        var (rows, length) = (ids.Length, ids[0].Length);
        long[] mask = [.. ids.SelectMany((row, i) => row.Select((_, position) => position < (counts?[i] ?? length) ? 1L : 0L))];
        return OnnxRun.Floats(
            _folder["m.onnx"],
            "embedding",
            ("input_ids", ids.SelectMany(row => row).ToArray(), [rows, length]),
            ("attention_mask", mask, [rows, length]),
            ("token_type_ids", new long[rows * length], [rows, length]),
            ("pixel_values", pixels, [rows, 3, 224, 224]),
            ("has_text", hasText, [rows]),
            ("has_image", hasImage, [rows]));
    }

    private static float[] Sentence(long[] ids) => [.. Enumerable.Range(0, TextWidth).Select(w => ids.Sum(id => States[id * TextWidth + w]))];

    private static float[] Picture(ReadOnlySpan<float> pixels)
    {
        double[] means = new double[3];
        for (int i = 0; i < 3 * Plane; i++)
            means[i / Plane] += (pixels[i] - Mean[i]) / Plane;
        return [.. Enumerable.Range(0, PictureWidth).Select(w => (float)Enumerable.Range(0, 3).Sum(c => Mixing[w * 3 + c] * means[c]))];
    }

    private static float[] Unit(float[] vector) => [.. vector.Select(v => (float)(v / Vectors.Length(vector)))];

    private static float[] Pictures(int count) => [.. new RandomNumbers(4).Fill(count * 3 * Plane, 1f).Select((v, i) => MathF.Round(128 + 30 * v + i / Plane))];

    /// <summary>States that depend on the id alone, with the names of MiniLM.</summary>
    private byte[] TextModel()
    {
        var graph = new GraphBuilder("text");
        var ids = graph.Input("input_ids", ElementType.Int64, "n", "length");
        graph.Input("attention_mask", ElementType.Int64, "n", "length");
        graph.Input("token_type_ids", ElementType.Int64, "n", "length");
        graph.Output(graph.Gather(graph.Weight("words", States, Words, TextWidth), ids), "last_hidden_state", "n", "length", TextWidth);
        return Bytes(graph);
    }

    /// <summary>A convolution of one pixel and the mean over the picture, with the names of ResNet-18.</summary>
    private byte[] PictureModel()
    {
        var graph = new GraphBuilder("picture");
        var pixels = graph.Input("Input247", ElementType.Float, 1, 3, 224, 224);
        var pooled = graph.ReduceMean(graph.Conv(pixels, graph.Weight("mixing", Mixing, PictureWidth, 3, 1, 1)), [2, 3]);
        graph.Output(pooled, "Pooling395_Output_0", 1, PictureWidth, 1, 1);
        return Bytes(graph);
    }

    private byte[] Preparation()
    {
        var graph = new GraphBuilder("preparation");
        var pixels = graph.Input("OriginalInput", ElementType.Float, 1, 3, 224, 224);
        graph.Output(graph.Sub(pixels, graph.Weight("MeanImage", Mean, 1, 3, 224, 224)), "PreprocessedInput", 1, 3, 224, 224);
        return Bytes(graph);
    }

    private byte[] Bytes(GraphBuilder graph)
    {
        OnnxWriter.Write(graph, _folder["part.onnx"]);
        return File.ReadAllBytes(_folder["part.onnx"]);
    }
}
