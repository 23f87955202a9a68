using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary><c>finetune --flow auto</c>: both flows are trained, and the run is the one that validates better.</summary>
public sealed class FlowChoiceTests : IDisposable
{
    private readonly TinyMarket _market = new();

    public void Dispose() => _market.Dispose();

    [Fact]
    public void Takes_the_flow_that_validates_better_and_says_by_how_much()
    {
        var chosen = new FlowChoice(Folder("run"), resume: false, WorkContext.Silent).Train(Config(), pretrained: null);

        var (alone, mixed) = (Validation("run/flows/alone"), Validation("run/flows/mixed"));
        var difference = chosen.Difference!;
        Assert.Equal(alone, difference.Alone, 1e-9);
        Assert.Equal(mixed, difference.Mixed, 1e-9);
        Assert.InRange(mixed - alone, difference.Low, difference.High);
        string better = mixed > alone ? "mixed" : "alone";
        Assert.Equal(mixed > alone ? ["books", "music"] : ["books"], chosen.Flow);
        Assert.NotEqual(alone, mixed);
        var run = RunFolder.Open(_market.Run("run"));
        Assert.Equal(chosen.Flow, run.LoadConfig().Data.Flow);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_market.Run("run"), "flows", better, "best.safetensors")), File.ReadAllBytes(run.Best));
        Assert.Equal(Math.Max(alone, mixed), Validation("run"));
        using var resumed = Session.Resume(run.LoadConfig(), run, WorkContext.Silent);
        resumed.Train();
    }

    [Fact]
    public void Is_stopped_and_goes_on_to_the_same_run()
    {
        new FlowChoice(Folder("whole"), resume: false, WorkContext.Silent).Train(Config(), pretrained: null);
        int stops = 0;
        foreach (int after in new[] { 5, 60, 300 })
        {
            var stop = new StopAfter(after);
            try
            {
                new FlowChoice(RunFolder.Create(_market.Run("run"), resume: stops > 0, overwrite: false), resume: stops > 0, stop.Context).Train(Config(), pretrained: null);
            }
            catch (OperationCanceledException)
            {
                stops++;
            }
        }

        Assert.InRange(stops, 1, 3);
        if (!new RunFolder(_market.Run("run")).HasRun)
        {
            var refused = Assert.Throws<UserErrorException>(() => new FlowChoice(Folder("run"), resume: false, WorkContext.Silent).Train(Config(), pretrained: null));
            Assert.Contains("--resume", refused.Message);
            new FlowChoice(RunFolder.Create(_market.Run("run"), resume: true, overwrite: false), resume: true, WorkContext.Silent).Train(Config(), pretrained: null);
        }

        Assert.Equal(File.ReadAllBytes(Path.Combine(_market.Run("whole"), "best.safetensors")), File.ReadAllBytes(Path.Combine(_market.Run("run"), "best.safetensors")));
    }

    [Fact]
    public void Goes_on_only_with_the_settings_that_it_was_begun_with()
    {
        var stop = new StopAfter(60);
        Assert.Throws<OperationCanceledException>(() => new FlowChoice(Folder("run"), resume: false, stop.Context).Train(Config(), pretrained: null));
        var other = Config() with { Model = Config().Model with { Width = 32 } };
        var refused = Assert.Throws<UserErrorException>(
            () => new FlowChoice(RunFolder.Create(_market.Run("run"), resume: true, overwrite: false), resume: true, WorkContext.Silent).Train(other, pretrained: null));
        Assert.Contains("model.width=16", refused.Message);
    }

    [Fact]
    public void What_was_trained_is_kept_where_the_chosen_run_cannot_be_put_in_its_place()
    {
        Directory.CreateDirectory(_market.Run("run"));
        File.WriteAllText(Path.Combine(_market.Run("run"), "beginning"), "in the way");
        var refused = Assert.Throws<UserErrorException>(() => new FlowChoice(Folder("run"), resume: false, WorkContext.Silent).Train(Config(), pretrained: null));
        Assert.Contains("in which the run is to begin, can't be made", refused.Message);
        File.Delete(Path.Combine(_market.Run("run"), "beginning"));
        new FlowChoice(RunFolder.Create(_market.Run("run"), resume: true, overwrite: false), resume: true, WorkContext.Silent).Train(Config(), pretrained: null);
        Assert.True(RunFolder.Open(_market.Run("run")).HasRun);
    }

    [Fact]
    public void Where_every_domain_is_a_target_there_is_nothing_to_choose()
    {
        var config = Config() with { Data = Config().Data with { Targets = ["books", "music"] } };
        var chosen = new FlowChoice(Folder("run"), resume: false, WorkContext.Silent).Train(config, pretrained: null);
        Assert.Null(chosen.Difference);
        Assert.Equal(["books", "music"], RunFolder.Open(_market.Run("run")).LoadConfig().Data.Flow);
    }

    [Fact]
    public void The_command_line_chooses_and_goes_on()
    {
        string[] command =
        [
            "finetune", "--dataset", _market.Dataset, "--features", _market.Features, "--domain", "books", "--flow", "auto", "--out", _market.Run("run"), "--epochs", "1", "--threads", "1",
            "--set", "model.width=16", "--track", _market.Run("mlruns"),
        ];
        Assert.Equal(0, TrainerRun.Of(command).Code);
        Assert.NotEqual(["auto"], RunFolder.Open(_market.Run("run")).LoadConfig().Data.Flow);
        Assert.Contains("Chosen: the flow", File.ReadAllText(Path.Combine(_market.Run("run"), "train.log")));
        // Both trainings are told to MLflow, finished, under names that tell whose they are.
        string[] tracked = Directory.GetFiles(_market.Run("mlruns"), "mlflow.runName", SearchOption.AllDirectories);
        Assert.Equal(["run/alone", "run/mixed"], tracked.Select(File.ReadAllText).Order());
        Assert.All(tracked, name => Assert.Contains("status: 3", File.ReadAllLines(Path.Combine(Path.GetDirectoryName(name)!, "..", "meta.yaml"))));
        Assert.Contains("already holds a run", Assert.Single(TrainerRun.Of(command).Sentences));
        Assert.Equal(0, TrainerRun.Of([.. command, "--resume"]).Code);
        Assert.Equal(0, TrainerRun.Of([.. command, "--overwrite"]).Code);
    }

    private RunFolder Folder(string name) => RunFolder.Create(_market.Run(name), resume: false, overwrite: false);

    private double Validation(string run)
    {
        using var session = Session.Open(RunFolder.Open(_market.Run(run)), WorkContext.Silent);
        return RankingMetrics.Single([.. session.Evaluate("validation").Ranks.Select(r => r.Rank)], "ndcg@10");
    }

    private RunConfig Config() => new()
    {
        Data = new() { Dataset = _market.Dataset, Features = _market.Features, Flow = [FlowChoice.Auto], Targets = ["books"], MaxLength = 12 },
        Model = new() { Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Experts = 1, Dropout = 0 },
        Training = new() { Epochs = 2, BatchTargets = 64, Device = "cpu", LearningRate = 5e-3, Threads = 1 },
    };
}
