using System.Diagnostics;
using static TorchSharp.torch;

namespace UniM2Rec.Benchmarks;

/// <summary>The rate of a large float32 matrix product: what the machine gives at best.</summary>
internal static class MatrixRate
{
    private const int Side = 3072;

    /// <returns>GFLOP/s, the best of five products.</returns>
    public static double Measure()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (rand(Side, Side), rand(Side, Side));
        double best = double.MaxValue;
        for (int i = 0; i < 6; i++)
        {
            var clock = Stopwatch.StartNew();
            using var product = a.matmul(b);
            if (i > 0) best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return 2.0 * Side * Side * Side / best / 1e9;
    }
}
