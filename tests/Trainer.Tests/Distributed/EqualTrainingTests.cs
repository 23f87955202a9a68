using UniM2Rec.SafeTensors;

namespace UniM2Rec.Tests.Distributed;

/// <summary>Several processes compute what one computes on the whole batch.</summary>
public sealed class EqualTrainingTests : IDisposable
{
    private const double Tolerance = 1e-5;

    /// <summary>Share of the gradient that Adam's first moment has after one step.</summary>
    private const float ShareInMoment = 0.1f;

    private readonly SeveralProcesses _ranks = new();

    private static readonly string[] Small =
        ["--set", "model.width=8", "--set", "model.heads=2", "--set", "model.feedForward=8", "--set", "model.dropout=0", "--set", "model.adaptorDropout=0", "--set", "training.precision=float32"];

    private static readonly string[] Plus = ["--preset", "unim2rec-plus", "--set", "model.modalityDropout=0", "--set", "model.idDropout=0", .. Small];

    private static readonly string[] MissRec = ["--preset", "missrec", .. Small];

    public void Dispose() => _ranks.Dispose();

    [Fact]
    public void Pre_training_with_in_batch_negatives_and_views()
    {
        AssertEqual(3, [.. Plus, "--set", "objective.itemDropChance=1", "--set", "objective.crossDomainChance=0", "--set", "objective.sequenceContrast=0.5"], "pretrain");
        AssertEqual(2, [.. MissRec, "--set", "objective.sequenceContrast=0.5"], "pretrain");
    }

    [Fact]
    public void Fine_tuning_against_the_whole_catalogue()
    {
        AssertEqual(2, [.. Plus, "--set", "model.ids=true"], "finetune", "--domain", "books");
        AssertEqual(3, MissRec, "finetune", "--domain", "books");
    }

    /// <summary>One step, whose gradients the optimiser's first moments are a tenth of.</summary>
    private void AssertEqual(int processes, string[] settings, params string[] verb)
    {
        Assert.SkipUnless(SeveralProcesses.HasLauncher, SeveralProcesses.NoLauncher);
        string[] arguments = [.. verb, .. settings, "--epochs", "1", "--set", "training.batchTargets=100000", "--overwrite"];
        var one = _ranks.Train(1, "one", arguments);
        Assert.True(one.Code == 0, one.Errors);
        var many = _ranks.Train(processes, "many", arguments);
        Assert.True(many.Code == 0, many.Errors);

        var (alone, together) = (_ranks.Run("one"), _ranks.Run("many"));
        Assert.Equal(SeveralProcesses.Losses(alone), SeveralProcesses.Losses(together), (a, b) => Math.Abs(a - b) <= Tolerance);
        AssertSameGradients(alone.Last, together.Last);
    }

    private static void AssertSameGradients(string alone, string together)
    {
        using var one = SafeTensorsFile.Open(alone);
        using var many = SafeTensorsFile.Open(together);
        Assert.Equal(one.Names.Order(), many.Names.Order());
        string[] moments = [.. one.Names.Where(name => name.StartsWith("adam.mean.", StringComparison.Ordinal))];
        Assert.NotEmpty(moments);
        int moving = 0;
        foreach (string name in moments)
        {
            var (a, b) = (one.ReadSingles(name), many.ReadSingles(name));
            double worst = a.Zip(b, (x, y) => Math.Abs(x - y) / ShareInMoment).Max();
            Assert.True(worst <= Tolerance, $"the gradient of {name} differs by {worst:g3}");
            moving += a.Count(x => x != 0);
        }

        Assert.True(moving > 100, "hardly any gradient is there");
    }
}
