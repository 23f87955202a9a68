using Microsoft.ML.OnnxRuntime;

namespace UniM2Rec.Tests;

/// <summary>Runs a model file once.</summary>
internal static class OnnxRun
{
    /// <summary>The named output as floats, whatever floating-point type the model answers in.</summary>
    public static float[] Floats(string modelPath, string output, params (string Name, Array Data, long[] Shape)[] inputs)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(modelPath, settings);
        using var run = new RunOptions();
        var values = inputs.Select(input => Tensor(input.Data, input.Shape)).ToArray();
        try
        {
            using var results = session.Run(run, [.. inputs.Select(input => input.Name)], values, [output]);
            return results[0].GetTensorTypeAndShape().ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float16
                ? Array.ConvertAll(results[0].GetTensorDataAsSpan<Float16>().ToArray(), half => (float)half)
                : results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach (var value in values)
                value.Dispose();
        }
    }

    private static OrtValue Tensor(Array data, long[] shape) => data switch
    {
        float[] floats => OrtValue.CreateTensorValueFromMemory(floats, shape),
        long[] integers => OrtValue.CreateTensorValueFromMemory(integers, shape),
        _ => throw new ArgumentException("only float[] and long[] are fed here", nameof(data)),
    };
}
