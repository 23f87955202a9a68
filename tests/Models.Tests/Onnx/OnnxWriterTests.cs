using System.Runtime.InteropServices;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Onnx;

public sealed class OnnxWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(long.MaxValue, false)]
    [InlineData(1000L, true)]
    public void A_graph_computes_the_same_with_weights_inside_and_outside(long threshold, bool external)
    {
        float[] weight = Enumerable.Range(0, 40 * 30).Select(i => MathF.Sin(i)).ToArray();
        var graph = new GraphBuilder("affine");
        var x = graph.Input("x", ElementType.Float, "n", 40);
        var y = graph.Add(graph.MatMul(x, graph.Weight("w", weight, 40, 30)), graph.Scalar(0.5));
        graph.Output(y, "y", "n", 30);
        OnnxWriter.Write(graph, _folder["m.onnx"], new OnnxFile { ExternalDataThreshold = threshold });

        float[] input = Enumerable.Range(0, 2 * 40).Select(i => MathF.Cos(i)).ToArray();
        float[] actual = OnnxRun.Floats(_folder["m.onnx"], "y", ("x", input, [2, 40]));

        float[] expected = new float[2 * 30];
        for (int row = 0; row < 2; row++)
        {
            for (int column = 0; column < 30; column++)
                expected[row * 30 + column] = 0.5f + Enumerable.Range(0, 40).Sum(k => input[row * 40 + k] * weight[k * 30 + column]);
        }

        Vectors.AssertClose(expected, actual, 1e-5);
        Assert.Equal(external, File.Exists(_folder["m.onnx.data"]));
        Assert.Equal(external ? ["m.onnx.data"] : [], ModelWeights.Scan(_folder["m.onnx"]).ExternalFiles);
    }

    [Fact]
    public void External_weights_start_on_pages()
    {
        var graph = new GraphBuilder("two weights");
        var x = graph.Input("x", ElementType.Float, 700);
        var first = graph.Weight("a", Enumerable.Repeat(1f, 700).ToArray(), 700);
        var second = graph.Weight("b", Enumerable.Repeat(2f, 700).ToArray(), 700);
        graph.Output(graph.Mul(graph.Add(x, first), second), "y", 700);
        OnnxWriter.Write(graph, _folder["m.onnx"], new OnnxFile { ExternalDataThreshold = 0 });

        var data = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder["m.onnx.data"]));

        Assert.Equal(4096 + 2800, data.Length * 4);
        Assert.Equal(2f, data[1024]);
        Assert.All(OnnxRun.Floats(_folder["m.onnx"], "y", ("x", new float[700], [700])), value => Assert.Equal(2f, value));
    }

    [Fact]
    public void The_same_calls_write_the_same_bytes_and_replace_what_was_there()
    {
        File.WriteAllText(_folder["a.onnx.data"], "left over from an earlier model");
        foreach (string? name in new[] { "a.onnx", "b.onnx" })
        {
            var graph = new GraphBuilder("g");
            var x = graph.Input("x", ElementType.Int64, "n");
            graph.Output(graph.Mod(x, graph.Integer(7)), "y", "n");
            OnnxWriter.Write(graph, _folder[name]);
        }

        Assert.Equal(File.ReadAllBytes(_folder["a.onnx"]), File.ReadAllBytes(_folder["b.onnx"]));
        Assert.False(File.Exists(_folder["a.onnx.data"]));
    }

    [Fact]
    public void A_weight_that_writes_too_few_bytes_is_refused()
    {
        var graph = new GraphBuilder("g");
        graph.Output(graph.Weight("short", [1f, 2f], 3), "y", 3);
        var error = Assert.Throws<InvalidOperationException>(() => OnnxWriter.Write(graph, _folder["m.onnx"]));
        Assert.Contains("wrote 8 bytes, its shape needs 12", error.Message);
    }

    [Fact]
    public void Float16_weights_and_scalars_are_understood()
    {
        var graph = new GraphBuilder("halves");
        var x = graph.Input("x", ElementType.Float, 3);
        var w = graph.Weight("w", [(Half)0.5f, (Half)(-2f), (Half)3f], 3);
        var y = graph.Add(graph.Mul(graph.Cast(x, ElementType.Float16), w), graph.Scalar(0.25, ElementType.Float16));
        graph.Output(graph.Cast(y, ElementType.Float), "y", 3);
        OnnxWriter.Write(graph, _folder["m.onnx"]);

        Assert.Equal([0.75f, -3.75f, 9.25f], OnnxRun.Floats(_folder["m.onnx"], "y", ("x", new[] { 1f, 2f, 3f }, [3])));
    }
}
