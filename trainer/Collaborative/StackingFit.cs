using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>
/// Fits the few numbers of the score combination to held-out targets, everything else as it is (stacking). On the targets that it was trained on a
/// network is surer than it is on new ones, and collaborative scores hold the answer, so that nothing could be learned of either from these.
/// Each number has a standard normal prior around its start, so that a handful of targets moves them little; beside a thousand it is nothing.
/// </summary>
public static class StackingFit
{
    private const int Steps = 60;
    private const double LearningRate = 0.15;

    /// <summary>Scores that are held, at most. Four times as many give the same figures and take four times as long.</summary>
    private const int MostScores = 1 << 22;

    /// <summary>Scores of a tile, at most: what is made of them in between is several times as large.</summary>
    private const int TileScores = 1 << 21;
    private const int FewestUsers = 512;

    /// <summary>Scores that even the fewest users may have: 512 MiB.</summary>
    private const int BoundedScores = 1 << 27;

    /// <summary>How many users are worth fitting to, at most; fewer where their scores would not be held.</summary>
    public static int MostUsers(int candidates) => Math.Clamp(BoundedScores / candidates, 1, Math.Max(FewestUsers, MostScores / candidates));

    /// <summary>How many of them make a tile.</summary>
    public static int TileUsers(int candidates) => Math.Clamp(TileScores / candidates, 1, 512);

    /// <summary>Starts from where training starts, so that to fit again gives the same.</summary>
    /// <param name="head">Fitted in place.</param>
    /// <param name="scores">Held-out targets, in tiles.</param>
    /// <param name="progress">Advances with each of <see cref="Steps"/> steps of Adam over all targets.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>The mean cross-entropy of the targets over the candidates before the last step.</returns>
    public static double Run(ScoreCombination head, IReadOnlyList<HeldOutScores> scores, IProgressSink progress, CancellationToken cancellation)
    {
        head.StartAgain();
        long count = scores.Sum(s => s.Targets.shape[0]);
        using var adam = optim.AdamW(head.parameters(), weight_decay: 0);
        using var task = progress.Start("Fitting the score combination", Steps, "steps");
        double loss = double.NaN;
        for (int step = 0; step < Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            adam.zero_grad();
            loss = scores.Sum(tile => Differentiate(head, tile, count));
            DifferentiatePrior(head, count);
            foreach (var group in adam.ParamGroups) group.LearningRate = LearningRate * (Steps - step) / Steps;
            adam.step();
            task.Advance(1);
        }

        adam.zero_grad();
        return loss;
    }

    /// <summary>
    /// Sets what candidates get that no history of others reaches (<see cref="ScoreCombination.UnknownBias"/>): log of the mean, over the targets, of how many
    /// times as large these strengths make the sum of e^logit over all candidates.
    /// </summary>
    /// <param name="head">Fitted before.</param>
    /// <param name="scores">Held-out targets, in tiles.</param>
    public static void SetUnknownBias(ScoreCombination head, IReadOnlyList<HeldOutScores> scores)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var lifts = scores.Select(tile =>
        {
            using var inner = NewDisposeScope();
            var with = head.Join(tile.Scores, tile.Collaborative with { Unknown = null }).logsumexp(1);
            var without = head.Join(tile.Scores, new CollaborativeScores(tile.Collaborative.Seen) { Content = tile.Collaborative.Content, Own = tile.Collaborative.Own }).logsumexp(1);
            return (with - without).MoveToOuterDisposeScope();
        }).ToArray();
        var all = cat(lifts, 0); // [targets]
        head.UnknownBias = all.logsumexp(0).item<float>() - MathF.Log(all.shape[0]);
    }

    private static void DifferentiatePrior(ScoreCombination head, long count)
    {
        using var scope = NewDisposeScope();
        (head.DistanceFromStart() / (2.0 * count)).backward();
    }

    private static double Differentiate(ScoreCombination head, HeldOutScores tile, long count)
    {
        using var scope = NewDisposeScope();
        var loss = nn.functional.cross_entropy(head.Join(tile.Scores, tile.Collaborative), tile.Targets) * ((double)tile.Targets.shape[0] / count);
        loss.backward();
        return loss.item<float>();
    }
}

/// <summary>What the logits of some held-out targets are made of.</summary>
/// <param name="Scores">[targets, candidates]: the network's.</param>
/// <param name="Collaborative">Of the same targets and candidates.</param>
/// <param name="Targets">[targets] int64: the candidate that each was.</param>
public sealed record HeldOutScores(Tensor Scores, CollaborativeScores Collaborative, Tensor Targets);
