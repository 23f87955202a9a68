using Microsoft.ML.OnnxRuntime;

namespace UniM2Rec.Tests.OnnxRuntime;

public class InferenceSessionTests
{
    private static readonly float[] Input = [1, 1, 0, -2];

    // Row 1: (1+4, 2+5, 3+6) + b; row 2: -2 x (4, 5, 6) + b.
    private static readonly float[] Expected = [5.5f, 6.5f, 19, -7.5f, -10.5f, -2];

    [Fact]
    public void Session_tells_its_inputs_and_outputs()
    {
        using var session = new InferenceSession(TinyOnnxModel.Affine());

        var input = Assert.Single(session.InputMetadata);
        Assert.Equal(("x", typeof(float)), (input.Key, input.Value.ElementType));
        Assert.Equal([-1, 2], input.Value.Dimensions);
        Assert.Equal(["rows", ""], input.Value.SymbolicDimensions);
        Assert.Equal([-1, 3], session.OutputMetadata["y"].Dimensions);
    }

    [Fact]
    public void Model_runs_on_values_over_managed_memory()
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        using var session = new InferenceSession(TinyOnnxModel.Affine(), options);
        using var x = OrtValue.CreateTensorValueFromMemory(Input, [2, 2]);
        using var run = new RunOptions();

        using var results = session.Run(run, ["x"], [x], ["y"]);

        Assert.Equal([2, 3], results[0].GetTensorTypeAndShape().Shape);
        Assert.Equal(Expected, results[0].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public void Bound_output_is_written_in_place()
    {
        using var session = new InferenceSession(TinyOnnxModel.Affine());
        var y = new float[6];
        using var input = OrtValue.CreateTensorValueFromMemory(Input, [2, 2]);
        using var output = OrtValue.CreateTensorValueFromMemory(y, [2, 3]);
        using var binding = session.CreateIoBinding();
        using var run = new RunOptions();
        binding.BindInput("x", input);
        binding.BindOutput("y", output);

        session.RunWithBinding(run, binding);

        Assert.Equal(Expected, y);
    }

    [Fact]
    public void Bytes_that_are_no_model_are_refused()
        => Assert.Throws<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3, 4]));

    [Fact]
    public void Input_of_the_wrong_width_is_refused()
    {
        using var session = new InferenceSession(TinyOnnxModel.Affine());
        using var x = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        using var run = new RunOptions();

        Assert.Throws<OnnxRuntimeException>(() => session.Run(run, ["x"], [x], ["y"]));
    }
}
