using TorchSharp.Modules;
using Adam = UniM2Rec.Trainer.Training.Adam;

namespace UniM2Rec.Tests.Training;

public class AdamTests
{
    [Fact]
    public void Follows_the_published_update_and_decays_matrices_only()
    {
        using var scope = NewDisposeScope();
        const double rate = 0.1, decay = 0.3;
        var matrix = new Parameter(tensor(new float[] { 1, -2 }).view(1, 2));
        var vector = new Parameter(tensor(new float[] { 0.5f }));
        using var adam = new Adam([("matrix", matrix), ("vector", vector)], decay);
        double[] p = [1, -2, 0.5], m = new double[3], v = new double[3];
        for (int step = 1; step <= 5; step++)
        {
            adam.ClearGradients();
            (matrix.pow(3).sum() + vector.pow(2).sum()).backward();
            adam.Step(rate);
            for (int i = 0; i < 3; i++)
            {
                double g = i < 2 ? 3 * p[i] * p[i] : 2 * p[i];
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                if (i < 2) p[i] *= 1 - (rate * decay);
                p[i] -= rate * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }

        Assert.Equal(p[0], matrix.data<float>()[0, 0], 1e-5);
        Assert.Equal(p[1], matrix.data<float>()[0, 1], 1e-5);
        Assert.Equal(p[2], vector.data<float>()[0], 1e-5);
    }
}
