using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

public class AnswerShapeTests
{
    private const int Side = 4;

    [Theory]
    [InlineData(new long[] { 8, 5 }, Pooling.None, 0, 5)]
    [InlineData(new long[] { -1, 5, 1, 1 }, Pooling.None, 0, 5)]
    [InlineData(new long[] { 8, 5, 1 }, Pooling.None, 0, 5)]
    [InlineData(new long[] { 8, 1, 5 }, Pooling.None, 1, 5)]
    [InlineData(new long[] { 8, 1, 1 }, Pooling.None, 0, 1)]
    [InlineData(new long[] { 8, 7, 5 }, Pooling.Mean, 7, 5)]
    [InlineData(new long[] { 8, 7, 1 }, Pooling.Mean, 7, 1)]
    [InlineData(new long[] { 8, 7, 5, 1 }, Pooling.Max, 7, 5)]
    [InlineData(new long[] { 8, 5, 1, 1 }, Pooling.Cls, 0, 5)]
    [InlineData(new long[] { -1, -1, -1 }, Pooling.Cls, -1, -1)]
    public void Axes_of_length_1_at_the_end_mean_nothing(long[] shape, Pooling pooling, long positions, long width) =>
        Assert.Equal(new AnswerShape(positions, width), AnswerShape.Of(shape, pooling, "m.onnx"));

    [Theory]
    [InlineData(new long[] { 8, 7, 5 }, Pooling.None)]
    [InlineData(new long[] { 8, 5, 7, 7 }, Pooling.Mean)]
    [InlineData(new long[] { 8 }, Pooling.None)]
    public void Other_shapes_are_refused(long[] shape, Pooling pooling) =>
        Assert.Contains($"m.onnx answers with [{string.Join(", ", shape)}]", Assert.Throws<UserErrorException>(() => AnswerShape.Of(shape, pooling, "m.onnx")).Message);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pooled_picture_of_one_cell_is_a_vector_whether_the_model_says_its_width_or_not(bool declared)
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("pooled");
        var means = graph.ReduceMean(graph.Input("pixel_values", ElementType.Float, "n", 3, Side, Side), [2, 3]);
        var vector = graph.Concat(1, means, graph.Mul(means, graph.Scalar(2)));   // [n, 6, 1, 1]
        if (declared)
            graph.Output(vector, "y", "n", 6, 1, 1);
        else
            graph.Output(vector, "y", "n", "c", "h", "w");
        using var session = Open(folder, graph, new EncoderConfig { Name = "pooled", Modality = EncoderModality.Image, Image = new ImageSpec { Size = Side } });
        var window = new PreparedItems(2, 0, hasWeights: false, Side, session.Width, 0);
        for (int i = 0; i < 2; i++)
        {
            window.PixelRoom().Fill(i + 1);
            window.KeepPicture(i);
        }

        session.Encode(window, [0, 1], rows: 2, length: 0);

        Assert.Equal(6, session.Width);
        Assert.Equal([1f, 1, 1, 2, 2, 2], window.Features(0).ToArray());
        Assert.Equal([2f, 2, 2, 4, 4, 4], window.Features(1).ToArray());
    }

    [Fact]
    public void A_width_that_depends_on_the_batch_is_refused_when_the_model_is_opened()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("as wide as the text is long");
        graph.Output(graph.Cast(graph.Input("input_ids", ElementType.Int64, "n", "length"), ElementType.Float), "y", "n", "w");

        var error = Assert.Throws<UserErrorException>(() => Open(folder, graph, WithHashedTerms()));

        Assert.Contains("answered 2 items with [2, 3], but 2 vectors of width 2 were expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_width_that_is_declared_and_not_answered_is_refused()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("declares two, answers three");
        var pixels = graph.Input("pixel_values", ElementType.Float, "n", 3, Side, Side);
        // A shape that depends on numbers can't be told before the model is run.
        var three = graph.Cast(graph.Reshape(graph.Add(graph.Mul(graph.ReduceMean(pixels, [0, 1, 2, 3]), graph.Scalar(0)), graph.Scalar(3)), 1), ElementType.Int64);
        var shape = graph.Concat(0, graph.Slice(graph.Shape(pixels), 0, 0, 1), three);
        graph.Output(graph.Apply("Reshape", [graph.ReduceMean(pixels, [2, 3]), shape]), "y", "n", 2);

        var error = Assert.Throws<UserErrorException>(() => Open(folder, graph, new EncoderConfig { Name = "m", Modality = EncoderModality.Image, Image = new ImageSpec { Size = Side } }));

        Assert.Contains("declares vectors of width 2, but answers with 3 numbers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_without_any_text_has_one_position_of_padding()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("largest id");
        var ids = graph.Cast(graph.Input("input_ids", ElementType.Int64, "n", "length"), ElementType.Float);
        graph.Output(graph.Apply("ReduceMax", [ids], [("axes", [1L]), ("keepdims", 1L)]), "y", "n", 1);
        using var session = Open(folder, graph, WithHashedTerms());
        var window = new PreparedItems(2, 3, hasWeights: true, 0, session.Width, 7);

        session.Encode(window, [0, 1], rows: 2, length: 0);

        Assert.Equal(7f, window.Features(1)[0]);
    }

    private static EncoderConfig WithHashedTerms() => new() { Name = "text", Tokenizer = new TokenizerSpec { Type = TokenizerType.HashedNgrams, MaxLength = 3 } };

    private static EncoderSession Open(TemporaryFolder folder, GraphBuilder graph, EncoderConfig config)
    {
        OnnxWriter.Write(graph, folder["model.onnx"]);
        EncoderFolder.WriteConfig(folder.Path, config);
        return EncoderSession.Open(EncoderFolder.Open(folder.Path), new SessionSettings());
    }
}
