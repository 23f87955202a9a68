using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Exporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Evaluation;

public class CollaborativeBaselinesTests
{
    [Theory]
    [InlineData("EASE", true)]
    [InlineData("item kNN", false)]
    [InlineData("transitions", true)]
    public void A_model_of_one_collaborative_score_ranks_as_the_baseline_that_evaluation_lists(string name, bool maskHistory)
    {
        using var market = new TinyMarket();
        var config = new RunConfig
        {
            Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["music"], MaxLength = 10 },
            Model = new() { Kind = "collaborative" },
            Collaborative = new() { Ease = name == "EASE", ItemKnn = name == "item kNN", Transitions = name == "transitions" },
            Training = new() { Epochs = 1, BatchTargets = 64, Device = "cpu" },
            Evaluation = new() { CutOffs = [5, 10], MaskHistory = maskHistory },
        };
        var run = RunFolder.Create(market.Run("run"), resume: false, overwrite: false);
        using (var training = Session.Create(config, run, WorkContext.Silent)) training.Train();

        using var session = Session.Open(run, WorkContext.Silent);
        var report = session.Evaluate("test").Report;

        // Fitted, though there is no seen bias either.
        using var start = ScoreCombination.For(config.Collaborative)!;
        Assert.All(
            start.named_parameters().Zip(session.Model.ScoreCombination!.named_parameters()).Where(p => p.First.name != "score_weight"),
            p => Assert.NotEqual(p.First.parameter.item<float>(), p.Second.parameter.item<float>()));
        Assert.Equal(["popularity", "EASE", "item kNN", "transitions", "content"], report.Baselines.Keys);
        Assert.Equal(report.Metrics.Keys, report.Baselines[name].Keys);
        foreach (var (metric, value) in report.Baselines[name]) Assert.Equal(value, report.Metrics[metric], 1e-9);
        // It tells the tastes apart: the market's users stay with one of four groups, so that chance is far behind.
        Assert.True(report.Metrics["ndcg@10"] > report.Baselines["popularity"]["ndcg@10"]);
        Assert.Contains("leave --vectors out", Assert.Throws<UserErrorException>(() => session.Export(market.Run("export"), new ExportSettings(Histories: false, [VectorForm.Npy]))).Message);
        Assert.False(Directory.Exists(market.Run("export")));
    }

    [Fact]
    public void Without_any_collaborative_score_there_is_no_such_model()
    {
        using var market = new TinyMarket(users: 5);
        var config = new RunConfig
        {
            Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["music"] },
            Model = new() { Kind = "collaborative" },
        };

        var refused = Assert.Throws<UserErrorException>(() => Session.Create(config, RunFolder.Create(market.Run("run"), resume: false, overwrite: false), WorkContext.Silent));
        Assert.True(refused.IsUsage);
        Assert.Contains("collaborative.ease", refused.Message);
    }
}
