using static TorchSharp.torch;

namespace UniM2Rec.Tests.Torch;

/// <summary>Plain computations that the tests compare with, and the comparison.</summary>
internal static class Reference
{
    public static float[] Values(Tensor tensor) => tensor.detach().data<float>().ToArray();

    public static void Close(double[] expected, Tensor actual, double tolerance = 1e-5)
    {
        float[] values = Values(actual.to(ScalarType.Float32));
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    public static double[] Product(double[] left, double[] right, int rows, int inner, int columns)
    {
        var product = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int k = 0; k < inner; k++) product[(i * columns) + j] += left[(i * inner) + k] * right[(k * columns) + j];
            }
        }
        return product;
    }

    public static double[] Sequence(int count, Func<int, double> value) => Enumerable.Range(0, count).Select(value).ToArray();

    public static Tensor Of(double[] values, params long[] shape) => tensor(values, shape, dtype: ScalarType.Float32);

    /// <summary>d loss / d values by central differences.</summary>
    public static double[] Gradient(Func<Tensor, Tensor> loss, double[] values, long[] shape, double step = 1e-5)
    {
        var gradient = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            gradient[i] = (Shifted(step, i) - Shifted(-step, i)) / (2 * step);
        }
        return gradient;

        double Shifted(double by, int position)
        {
            double[] moved = [.. values];
            moved[position] += by;
            using Tensor at = tensor(moved, shape, dtype: ScalarType.Float64);
            using Tensor value = loss(at);
            return value.item<double>();
        }
    }
}
