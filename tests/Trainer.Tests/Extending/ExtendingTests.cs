using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Extending;

public sealed class ExtendingTests : IDisposable
{
    private readonly TinyMarket _market = new();

    public void Dispose() => _market.Dispose();

    [Fact]
    public void The_document_shows_the_model_that_is_tested_here() => DocumentedCode.RequireSame("tests/Trainer.Tests/Extending/MeanOfHistory.cs");

    [Fact]
    public void A_model_of_another_assembly_is_found_trained_evaluated_and_opened_again()
    {
        var config = Config("mean-of-history");
        string folder = _market.Run("own");
        using (var session = Session.Create(config, RunFolder.Create(folder, resume: false, overwrite: false), WorkContext.Silent))
        {
            Assert.IsType<MeanOfHistoryModel>(session.Model);
            Assert.Equal(0, session.Train().BestEpoch is >= 0 ? 0 : 1);
        }

        using var opened = Session.Open(RunFolder.Open(folder), WorkContext.Silent);
        var report = opened.Evaluate("test").Report;
        // Users of the market stay with their taste group, which the features tell.
        Assert.True(report.Metrics["ndcg@5"] > 1.5 * report.Baselines["popularity"]["ndcg@5"], $"{report.Metrics["ndcg@5"]} against {report.Baselines["popularity"]["ndcg@5"]}");
        var recommended = new List<Recommendation>();
        Assert.Equal(opened.Data.Log.UserCount, opened.Recommend(new(3), users: null, recommended.Add));
        Assert.All(recommended, r => Assert.InRange(r.Rows.Length, 1, 3));
    }

    [Theory]
    [InlineData("mean-of-histry", "did you mean 'mean-of-history'?")]
    [InlineData("nothing like it", "expected one of collaborative, mean-of-history, missrec, sasrec, unim2rec, unisrec")]
    public void A_model_that_is_not_there_is_told_with_those_that_are(string kind, string expected)
    {
        var error = Assert.Throws<UserErrorException>(() => ModelRegistry.Check(new ModelConfig { Kind = kind }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.True(error.IsUsage);
    }

    [Theory]
    [InlineData("sasrec", "model.experts")]
    [InlineData("missrec", "model.layers")]
    [InlineData("mean-of-history", "model.layers")]
    public void A_setting_that_the_model_does_not_read_is_refused(string kind, string named)
    {
        var config = new ModelConfig { Kind = kind, Experts = kind == "sasrec" ? 3 : 8, Layers = kind == "sasrec" ? 2 : 3 };
        Assert.Contains(named, Assert.Throws<UserErrorException>(() => ModelRegistry.Check(config)).Message, StringComparison.Ordinal);
    }

    private RunConfig Config(string kind) => new()
    {
        Data = new() { Dataset = _market.Dataset, Features = _market.Features, Targets = ["music"], MaxLength = 10 },
        Model = new() { Kind = kind, Width = 16 },
        Training = new() { BatchTargets = 64, Device = "cpu", Epochs = 4, LearningRate = 1e-2 },
    };
}
