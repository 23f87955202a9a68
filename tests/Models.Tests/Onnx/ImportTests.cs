using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Onnx;

public sealed class ImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_models_with_the_same_names_become_one_graph_that_gives_both_answers()
    {
        var (doubled, raised) = (Model(factor: 2, offset: 0), Model(factor: 1, offset: 10));
        var graph = new GraphBuilder("both");
        var x = graph.Input("x", ElementType.Float, "n", 3);
        var left = graph.Import(doubled, "left/", "y", ("in", x));
        var right = graph.Import(raised, "right/", "y", ("in", left));
        graph.Output(graph.Concat(1, left, right), "z", "n", 6);
        OnnxWriter.Write(graph, _folder["both.onnx"]);

        // The model declares a batch of one; the graph that it is built into takes any.
        float[] answer = OnnxRun.Floats(_folder["both.onnx"], "z", ("x", new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]));

        Assert.Equal([2, 4, 6, 12, 14, 16, 8, 10, 12, 18, 20, 22], answer);
    }

    [Fact]
    public void What_an_output_does_not_need_is_left_out()
    {
        var graph = new GraphBuilder("part");
        var x = graph.Input("x", ElementType.Float, 1, 3);
        graph.Output(graph.Import(Model(2, 5), "m/", "doubled", ("in", x)), "z", 1, 3);
        OnnxWriter.Write(graph, _folder["part.onnx"]);

        Assert.DoesNotContain(graph.Initializers, weight => weight.Name == "m/offset");
        Assert.Equal([2, 4, 6], OnnxRun.Floats(_folder["part.onnx"], "z", ("x", new float[] { 1, 2, 3 }, [1, 3])));
    }

    [Fact]
    public void An_input_that_was_not_given_and_an_output_that_is_not_there_are_named()
    {
        var graph = new GraphBuilder("g");
        var x = graph.Input("x", ElementType.Float, 1, 3);

        Assert.Contains("'in'", Assert.Throws<ArgumentException>(() => graph.Import(Model(1, 1), "a/", "y", ("other", x))).Message);
        Assert.Contains("'z', only doubled, y", Assert.Throws<ArgumentException>(() => graph.Import(Model(1, 1), "a/", "z", ("in", x))).Message);
    }

    [Theory]
    [InlineData("Unsqueeze", 11, false)]
    [InlineData("Unsqueeze", 13, true)]
    [InlineData("Conv", 8, true)]
    [InlineData("Conv", 18, false)]
    [InlineData("Scan", 13, false)]
    public void Operators_whose_meaning_has_changed_since_are_refused(string op, int opset, bool accepted)
    {
        var node = new Node(op, "n", ["x"], ["y"], []);
        var model = new OnnxModel("m.onnx", opset, [node], [], new Dictionary<string, ElementType> { ["y"] = ElementType.Float });

        if (accepted)
            Assert.Equal(node, OpsetUpgrade.Upgrade(node, model));
        else
            Assert.Contains($"m.onnx uses {op} of operator set {opset}", Assert.Throws<UserErrorException>(() => OpsetUpgrade.Upgrade(node, model)).Message);
    }

    [Fact]
    public void Batch_normalisation_loses_the_attribute_that_went()
    {
        var node = new Node("BatchNormalization", "n", ["x"], ["y"], [("spatial", 1L), ("epsilon", 0.1f)]);

        Assert.Equal(["epsilon"], OpsetUpgrade.Upgrade(node, new OnnxModel("m", 8, [node], [], new Dictionary<string, ElementType>())).Attributes.Select(a => a.Name));
    }

    [Fact]
    public void A_model_that_is_cut_short_is_refused_in_one_sentence()
    {
        Write(2, 5);
        byte[] file = File.ReadAllBytes(_folder["m.onnx"]);

        foreach (int length in new[] { 0, 1, 20, file.Length / 2, file.Length - 1 })
            Assert.Contains("m.onnx is no readable ONNX model", Assert.Throws<UserErrorException>(() => OnnxReader.Read(file.AsMemory(0, length), "m.onnx")).Message);
    }

    [Fact]
    public void Weights_in_another_file_are_refused()
    {
        Write(2, 5, new OnnxFile { ExternalDataThreshold = 0, KeepInlineBytes = 0 });

        var error = Assert.Throws<UserErrorException>(() => OnnxReader.Read(File.ReadAllBytes(_folder["m.onnx"]), "m.onnx"));

        Assert.Contains("whose values are not all in its raw data", error.Message);
    }

    /// <summary>in · factor (output "doubled") + offset (output "y"), of one row.</summary>
    private OnnxModel Model(float factor, float offset)
    {
        Write(factor, offset);
        return OnnxReader.Read(File.ReadAllBytes(_folder["m.onnx"]), "m.onnx");
    }

    private void Write(float factor, float offset, OnnxFile? file = null)
    {
        var graph = new GraphBuilder("m");
        var x = graph.Input("in", ElementType.Float, 1, 3);
        var product = graph.Mul(x, graph.Weight("factor", [factor], 1));
        graph.Output(product, "doubled", 1, 3);
        graph.Output(graph.Add(product, graph.Weight("offset", [offset], 1)), "y", 1, 3);
        OnnxWriter.Write(graph, _folder["m.onnx"], file);
    }
}
