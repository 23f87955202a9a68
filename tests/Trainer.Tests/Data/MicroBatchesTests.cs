using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class MicroBatchesTests
{
    [Fact]
    public void Runs_keep_the_order_and_stay_within_both_bounds()
    {
        var examples = Enumerable.Range(0, 40).Select(i => Example(i, length: 1 + (i * 7 % 10), targets: 1 + (i % 3))).ToList();
        var runs = MicroBatches.Cut(examples, candidates: 100, mostEvents: 25, mostScores: 700);

        Assert.Equal(examples, runs.SelectMany(r => r));
        Assert.All(runs, run => Assert.True(run.Sum(w => w.Length) <= 25 && run.Sum(w => w.Targets.Count) <= 7));
        // None could have taken the first of the next.
        Assert.All(runs.Zip(runs.Skip(1)), p => Assert.True(
            p.First.Sum(w => w.Length) + p.Second[0].Length > 25 || p.First.Sum(w => w.Targets.Count) + p.Second[0].Targets.Count > 7));
    }

    [Fact]
    public void A_window_beyond_the_bounds_is_a_run_of_its_own()
    {
        var examples = new[] { Example(0, 3, 1), Example(1, 90, 1), Example(2, 3, 1) };
        Assert.Equal([1, 1, 1], MicroBatches.Cut(examples, candidates: 1, mostEvents: 10).Select(r => r.Count));
    }

    [Fact]
    public void Seeds_of_steps_and_epochs_never_meet()
    {
        int[] seeds = [0, 1, 2, -1, 1 << 24, 1 + (1 << 24), int.MinValue, int.MaxValue];
        int[] epochs = [0, 1, 2, 1 << 12, 1 << 20];
        int[] steps = [0, 1, 0xFFFFE, 0xFFFFF, 1 << 20, 1 << 21];
        var all = seeds.SelectMany(seed => epochs.SelectMany(epoch => steps.Select(step => EpochPlan.StepSeed(seed, epoch, step)).Append(EpochPlan.EpochSeed(seed, epoch)))).ToList();

        Assert.Equal(all.Count, all.Distinct().Count());
    }

    private static Example Example(int user, int length, int targets) =>
        new(Logs.Of([0]), user, 0, length, Enumerable.Range(0, targets).Select(t => (t, t + 1)).ToList());
}
