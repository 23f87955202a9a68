using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Collaborative;

public class StackingFitTests
{
    private const int Many = 3000;
    private const int Candidates = 20;
    private const double ScoreWeight = 0.4;
    private const double SeenBias = -2.5;
    private const double FollowedWeight = 2;

    /// <summary>Targets are drawn from the very distribution that the head can express, so that fitting has to find its numbers again.</summary>
    [Fact]
    public void Finds_the_numbers_that_the_targets_were_drawn_with_and_finds_them_again()
    {
        using var scope = NewDisposeScope();
        var (tiles, truth) = Draw(Many, new Random(5));
        var head = new ScoreCombination(seen: true, related: false, followed: true, predicted: false);

        double loss = StackingFit.Run(head, tiles, Progress.None, CancellationToken.None);

        var fitted = Numbers(head);
        Assert.Equal(ScoreWeight, fitted["score_weight"], 0.06);
        Assert.Equal(SeenBias / 5, fitted["seen_bias"], 0.06);
        double[] strengths = [0.05, 0.2, 0.5, 1];
        Assert.All(strengths, x => Assert.Equal(FollowedWeight * Math.Log(1 + (Math.Exp(3) * x)), fitted["followed_weight"] * Math.Log(1 + (Math.Exp(fitted["followed_sharpness"]) * x)), 0.5));
        Assert.True(loss < truth + 0.002, $"{loss} after fitting, {truth} with the true numbers");

        StackingFit.Run(head, tiles, Progress.None, CancellationToken.None);
        Assert.Equal(fitted, Numbers(head));
    }

    [Fact]
    public void A_handful_of_targets_moves_the_numbers_little()
    {
        using var scope = NewDisposeScope();
        var (tiles, _) = Draw(4, new Random(7));
        var head = new ScoreCombination(seen: true, related: true, followed: true, predicted: false);
        var start = Numbers(head);

        StackingFit.Run(head, tiles, Progress.None, CancellationToken.None);

        Assert.All(Numbers(head), n => Assert.InRange(n.Value, start[n.Key] - 1, start[n.Key] + 1));
        Assert.Equal(start["related_weight"], Numbers(head)["related_weight"], 1e-6);
    }

    [Fact]
    public void Candidates_that_no_strength_reaches_are_lifted_as_much_as_the_others_together()
    {
        using var scope = NewDisposeScope();
        var (tiles, _) = Draw(50, new Random(8));
        var head = new ScoreCombination(seen: true, related: false, followed: true, predicted: false);

        StackingFit.SetUnknownBias(head, tiles);

        // Plainly: the mean over the targets of Σ e^logit with the strengths over Σ e^logit without.
        var ratios = tiles.SelectMany(tile =>
        {
            float[] with = head.Join(tile.Scores, tile.Collaborative).exp().sum(1).data<float>().ToArray();
            float[] without = head.Join(tile.Scores, new CollaborativeScores(tile.Collaborative.Seen)).exp().sum(1).data<float>().ToArray();
            return with.Zip(without, (a, b) => (double)a / b);
        }).ToList();
        Assert.Equal(Math.Log(ratios.Average()), head.UnknownBias, 1e-4);
        Assert.True(head.UnknownBias > 0.1);

        var first = tiles[0];
        var lifted = head.Join(first.Scores, first.Collaborative with { Unknown = tensor(new long[] { 2, 7 }) }) - head.Join(first.Scores, first.Collaborative);
        for (int c = 0; c < Candidates; c++)
            Assert.All(lifted.select(1, c).data<float>().ToArray(), d => Assert.Equal(c is 2 or 7 ? head.UnknownBias : 0, d, 1e-5));
    }

    [Fact]
    public void Stops_when_asked_to()
    {
        using var scope = NewDisposeScope();
        var (tiles, _) = Draw(Many, new Random(6));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => StackingFit.Run(new ScoreCombination(seen: true, related: false, followed: true, predicted: false), tiles, Progress.None, stop.Token));
    }

    private static Dictionary<string, double> Numbers(ScoreCombination head) =>
        head.named_parameters().ToDictionary(p => p.name, p => (double)p.parameter.item<float>());

    private static (List<HeldOutScores> Tiles, double Loss) Draw(int targetCount, Random random)
    {
        var tiles = new List<HeldOutScores>();
        double loss = 0;
        foreach (int count in new[] { targetCount / 3, targetCount - (targetCount / 3) })
        {
            float[] scores = new float[count * Candidates];
            var seen = new List<long>();
            var followed = new List<(long Position, float Value)>();
            long[] targets = new long[count];
            for (int t = 0; t < count; t++)
            {
                double[] logits = new double[Candidates];
                for (int c = 0; c < Candidates; c++)
                {
                    int position = (t * Candidates) + c;
                    scores[position] = (float)(4 * (random.NextDouble() - 0.5));
                    logits[c] = ScoreWeight * scores[position];
                    if (random.NextDouble() < 0.2)
                    {
                        seen.Add(position);
                        logits[c] += SeenBias;
                    }

                    if (random.NextDouble() < 0.3)
                    {
                        followed.Add((position, random.NextSingle()));
                        logits[c] += FollowedWeight * Math.Log(1 + (Math.Exp(3) * followed[^1].Value));
                    }
                }

                double total = logits.Sum(Math.Exp), left = random.NextDouble() * total;
                while (targets[t] < Candidates - 1 && (left -= Math.Exp(logits[targets[t]])) > 0) targets[t]++;
                loss += (Math.Log(total) - logits[targets[t]]) / targetCount;
            }

            tiles.Add(new HeldOutScores(
                tensor(scores).view(count, Candidates),
                new CollaborativeScores(
                    tensor(seen.ToArray()),
                    Followed: new SparseScores(tensor(followed.Select(f => f.Position).ToArray()), tensor(followed.Select(f => f.Value).ToArray()))),
                tensor(targets)));
        }

        return (tiles, loss);
    }
}
