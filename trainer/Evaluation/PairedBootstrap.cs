namespace UniM2Rec.Trainer.Evaluation;

/// <summary>Is a difference in mean NDCG@K between two models, on the same users, more than chance? A paired bootstrap over users.</summary>
public static class PairedBootstrap
{
    private const int Resamples = 2000;

    /// <param name="first">Per-user figures of one model.</param>
    /// <param name="second">Of the other, in the same order of users.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    /// <returns>The mean difference, second − first, and its 95% interval.</returns>
    public static (double Mean, double Low, double High) Difference(double[] first, double[] second, int seed = 1)
    {
        var differences = second.Zip(first, (b, a) => b - a).ToArray();
        var random = new Random(seed);
        var means = new double[Resamples];
        for (int r = 0; r < Resamples; r++)
        {
            double sum = 0;
            for (int i = 0; i < differences.Length; i++) sum += differences[random.Next(differences.Length)];
            means[r] = sum / differences.Length;
        }

        Array.Sort(means);
        return (differences.Average(), means[(int)(Resamples * 0.025)], means[(int)(Resamples * 0.975)]);
    }
}
