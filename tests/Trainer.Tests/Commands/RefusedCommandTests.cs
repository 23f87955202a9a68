using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests.Commands;

/// <summary>Commands that are refused, or whose training fails: one sentence each, what was there stays, and the advice works.</summary>
public sealed class RefusedCommandTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    private string[] Small =>
    [
        "--dataset", _small.Shop.Dataset, "--features", _small.Shop.Features, "--set", "model.width=4", "--set", "model.feedForward=4", "--set", "model.experts=1",
        "--threads", "1", "--device", "cpu",
    ];

    [Theory]
    [InlineData("The path of the run folder", "finetune", "--out", "")]
    [InlineData("--run names nothing", "evaluate", "--run", "")]
    [InlineData("The path of the run folder", "evaluate", "--run", "a\0b")]
    [InlineData("The path of the run folder", "recommend", "--run", "", "--out", "unused.csv")]
    [InlineData("The path of the run folder", "finetune", "--from", "", "--out", "unused")]
    [InlineData("The path of a list of recommendations", "recommend", "--run", "unused", "--out", "")]
    [InlineData("The path of the exported recommender", "export", "--run", "unused", "--out", "a\0b")]
    [InlineData("--dataset is empty", "pretrain", "--dataset", "", "--out", "unused")]
    [InlineData("--features is a text", "pretrain", "--features", "a\0b", "--out", "unused")]
    [InlineData("--runs names nothing", "report", "--runs", "")]
    [InlineData("--runs names nothing", "compare", "--runs", ",")]
    public void A_path_that_can_be_none_is_one_sentence(string said, params string[] arguments)
    {
        var result = TrainerRun.Of(arguments);

        Assert.Equal(2, result.Code);
        Assert.Contains(said, Assert.Single(result.Sentences), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training.learningRate=1e38", "at most 1000")]
    [InlineData("training.learningRate=1e999", "a number")]
    [InlineData("training.threads=100000", "between 0 and 1024")]
    [InlineData("model.temperature=1e-300", "between 1e-6")]
    [InlineData("data.dataset=\"a\\u0000b\"", "character of value 0")]
    public void A_number_beyond_reason_is_one_sentence(string setting, string expected)
    {
        var result = TrainerRun.Of(["finetune", .. Small, "--out", _small["new"], "--set", setting]);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, Assert.Single(result.Sentences), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_small["new"]));
    }

    [Fact]
    public void Fine_tuning_with_the_last_event_held_out_trains_and_has_nothing_to_test()
    {
        var trained = TrainerRun.Of(["finetune", .. Small, "--out", _small["last"], "--set", "data.holdOut=last-event", "--epochs", "1"]);
        Assert.True(trained.Code == 0, trained.Errors);

        Assert.Contains("give --split validation", Assert.Single(TrainerRun.Of("evaluate", "--run", _small["last"], "--split", "test").Sentences), StringComparison.Ordinal);
        foreach (string[] split in new string[][] { ["--split", "validation"], [] })
        {
            File.Delete(Path.Combine(_small["last"], "evaluation-validation.json"));
            Assert.Equal(0, TrainerRun.Of(["evaluate", "--run", _small["last"], .. split]).Code);
            Assert.True(File.Exists(Path.Combine(_small["last"], "evaluation-validation.json")));
        }
    }

    [Theory]
    [InlineData("--domain", "nowhere")]
    [InlineData("--set", "training.batchTargets=1")]
    [InlineData("--set", "model.widht=4")]
    [InlineData("--features", "nowhere")]
    [InlineData("--set", "data.modalities=sound")]
    [InlineData("--from", "nowhere")]
    [InlineData("--set", "model.kind=none")]
    public void A_wrong_command_with_overwrite_leaves_the_run_as_it_was(string option, string value)
    {
        string run = _small.Train("run", epochs: 1).Path;
        var before = Content(run);
        List<string> arguments = ["finetune", .. Small, "--out", run, "--overwrite", "--epochs", "1"];
        if (option == "--features") arguments[arguments.IndexOf("--features") + 1] = value;
        else arguments.AddRange([option, value]);

        var result = TrainerRun.Of([.. arguments]);

        Assert.InRange(result.Code, 1, 2);
        Assert.Single(result.Sentences);
        Assert.Equal(before, Content(run));
    }

    [Fact]
    public void What_may_change_when_a_run_goes_on_is_named()
    {
        string run = _small.Train("run", epochs: 1).Path;
        string[] resume = ["finetune", "--out", run, "--resume", "--epochs", "2", "--set", "training.learningRate=1e-4", "--set", "training.clipNorm=1"];
        Assert.Contains("training.seed=2020", Assert.Single(TrainerRun.Of([.. resume, "--set", "training.seed=7"]).Sentences), StringComparison.Ordinal);

        var resumed = TrainerRun.Of(resume);

        Assert.True(resumed.Code == 0, resumed.Errors);
        Assert.Contains("training.learningRate=0.0001 (it was 0.005)", resumed.Errors, StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllLines(Path.Combine(run, "metrics.jsonl")).Length);
    }

    [Fact]
    public void A_training_that_diverges_names_the_learning_rate_and_goes_on_with_a_lower_one()
    {
        string[] finetune = ["finetune", "--out", _small["diverges"], "--epochs", "2", "--set", "training.batchTargets=20"];
        var diverged = TrainerRun.Of([.. finetune, .. Small, "--set", "training.learningRate=1000", "--set", "training.weightDecay=1000"]);
        Assert.Equal(1, diverged.Code);
        Assert.Contains("--set training.learningRate=1e-4", Assert.Single(diverged.Sentences), StringComparison.Ordinal);

        var resumed = TrainerRun.Of([.. finetune, "--resume", "--set", "training.learningRate=1e-7"]);

        Assert.True(resumed.Code == 0, resumed.Errors);
    }

    [Theory]
    [InlineData("'--theads' is no option of unim2rec-train evaluate", "evaluate", "--run", "runs/x", "--theads", "1")]
    [InlineData("'--epoch' is no option of unim2rec-train pretrain, did you mean '--epochs'", "pretrain", "--domains", "books", "--epoch", "1", "--out", "runs/x")]
    [InlineData("'--nothing' is no option of unim2rec-train finetune", "finetune", "--out", "--nothing")]
    public void An_option_that_is_not_known_is_no_value_of_the_one_before_it(string expected, params string[] arguments)
    {
        var result = TrainerRun.Of(arguments);
        Assert.Equal(2, result.Code);
        Assert.Contains(expected, Assert.Single(result.Sentences), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_may_look_like_an_option_where_it_is_given_with_an_equals_sign() =>
        Assert.Contains("The run folder --theads does not exist", Assert.Single(TrainerRun.Of(["evaluate", "--run=--theads"]).Sentences), StringComparison.Ordinal);

    [Fact]
    public void No_option_in_no_odd_form_is_more_than_a_wrong_command_line() =>
        Assert.InRange(Testing.OddCommandLines.ParseAll("unim2rec-train", TrainerRun.Program()), 300, int.MaxValue);

    private static Dictionary<string, string> Content(string folder) =>
        Directory.GetFileSystemEntries(folder).ToDictionary(f => f, f => Convert.ToHexString(File.ReadAllBytes(f)));
}
