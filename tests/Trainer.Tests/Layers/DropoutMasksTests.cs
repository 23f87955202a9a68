using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Layers;

namespace UniM2Rec.Tests.Layers;

public class DropoutMasksTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Drops_the_asked_share_and_keeps_the_mean(double p)
    {
        using var scope = NewDisposeScope();
        var masks = new DropoutMasks();
        masks.Reseed(7);
        float[] values = masks.Apply(ones(400_000), p, training: true).data<float>().ToArray();

        double share = values.Count(v => v == 0) / (double)values.Length;
        double fiveSigma = 5 * Math.Sqrt(p * (1 - p) / values.Length);
        Assert.InRange(share, p - fiveSigma, p + fiveSigma);
        Assert.All(values.Where(v => v != 0).Distinct(), v => Assert.Equal(1 / (1 - p), v, 1e-5));
    }

    [Fact]
    public void Masks_of_one_step_differ_and_a_seed_repeats_them()
    {
        using var scope = NewDisposeScope();
        var masks = new DropoutMasks();
        float[] Draw() => masks.Draw([100_000], 0.5, 1).data<float>().ToArray();
        masks.Reseed(1);
        var (first, second) = (Draw(), Draw());
        masks.Reseed(1);
        float[] again = Draw();
        masks.Reseed(2);
        float[] other = Draw();
        masks.Reseed(~1UL);
        float[] complement = Draw();
        masks.Reseed(1UL << 32);
        float[] swapped = Draw();

        Assert.Equal(first, again);
        Assert.InRange(Agreement(first, complement), 0.49, 0.51);
        Assert.InRange(Agreement(first, swapped), 0.49, 0.51);
        // Independent fair masks agree in half of their entries.
        Assert.InRange(Agreement(first, second), 0.49, 0.51);
        Assert.InRange(Agreement(first, other), 0.49, 0.51);
        Assert.InRange(Agreement(first[..^1], first[1..]), 0.49, 0.51);
        Assert.InRange(Agreement(first[..^768], first[768..]), 0.49, 0.51);
    }

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var masks = new DropoutMasks();
        Assert.Equal(Draw(threads: 1), Draw(threads: 3));

        float[] Draw(int threads)
        {
            masks.Reseed(9);
            return WithThreads.Run(threads, () => masks.Draw([300_000], 0.5, 2).data<float>().ToArray());
        }
    }

    [Fact]
    public void Nothing_is_dropped_outside_training()
    {
        using var scope = NewDisposeScope();
        var x = randn(10);
        Assert.Same(x, new DropoutMasks().Apply(x, 0.5, training: false));
    }

    private static double Agreement(float[] a, float[] b) => a.Zip(b, (x, y) => x == y ? 1 : 0).Average();

    /// <summary>Of more than 2 GiB no tensor can be written as a whole.</summary>
    [Fact]
    public void A_mask_that_is_drawn_by_pieces_is_the_same()
    {
        var masks = new DropoutMasks();
        masks.Reseed(7);
        using var whole = masks.Draw([301, 1033], 0.3, kept: 2);
        foreach (int piece in new[] { 1000, 70_001, 301 * 1033 })
        {
            masks.Reseed(7);
            using var pieced = masks.Draw([301, 1033], 0.3, kept: 2, piece);
            Assert.True(whole.eq(pieced).all().item<bool>(), $"pieces of {piece}");
        }
    }
}
