using TorchSharp.Modules;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Training;

public class NamedAdamWTests
{
    [Fact]
    public void Follows_the_published_update_and_decays_matrices_only()
    {
        using var scope = NewDisposeScope();
        const double rate = 0.1, decay = 0.3;
        var matrix = new Parameter(tensor(new float[] { 1, -2 }).view(1, 2));
        var vector = new Parameter(tensor(new float[] { 0.5f }));
        using var adam = new NamedAdamW([("matrix", matrix), ("vector", vector)], decay);
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

    [Fact]
    public void Continues_from_a_state_that_is_restored_by_name_as_if_it_had_not_stopped()
    {
        using var scope = NewDisposeScope();
        var (whole, first, second) = (Parameters(), Parameters(), Parameters());
        using var through = new NamedAdamW(whole, 0.1);
        using var before = new NamedAdamW(first, 0.1);
        for (int step = 1; step <= 4; step++)
        {
            Move(through, whole, step);
            Move(before, first, step);
        }

        // As a checkpoint has them: by name, in any order.
        using var after = new NamedAdamW(Enumerable.Reverse(second).ToList(), 0.1);
        var kept = before.State.Reverse().ToDictionary();
        var fewer = before.Fewer.ToDictionary();
        using (no_grad())
        {
            foreach (var (from, to) in first.Zip(second)) to.Parameter.copy_(from.Parameter);
            foreach (var (name, value) in after.State) value.copy_(kept[name]);
        }

        after.ContinueFrom(before.Steps, name => fewer.TryGetValue(name, out long own) ? own : null);
        Assert.Equal([("adam.steps.vector", 2L)], fewer.Select(f => (f.Key, f.Value)));

        for (int step = 5; step <= 8; step++)
        {
            Move(through, whole, step);
            Move(after, second, step);
        }

        Assert.Equal(Values(whole), Values(second));
        Assert.NotEqual(Values(first), Values(second));

        static List<(string Name, Parameter Parameter)> Parameters() =>
            [("vector", new Parameter(tensor(new float[] { 0.5f, 3 }))), ("matrix", new Parameter(tensor(new float[] { 1, -2 }).view(1, 2)))];

        // In every other step the vector has no gradient.
        static void Move(NamedAdamW adam, List<(string Name, Parameter Parameter)> parameters, int step)
        {
            adam.ClearGradients();
            var loss = parameters[1].Parameter.pow(3).sum();
            (step % 2 == 0 ? loss + (parameters[0].Parameter.pow(2).sum() * step) : loss).backward();
            adam.Step(0.1 / step);
        }

        static float[] Values(List<(string Name, Parameter Parameter)> parameters) => parameters.SelectMany(p => p.Parameter.data<float>().ToArray()).ToArray();
    }
}
