using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary><c>evaluate --histories</c>: some users' histories are degraded, and the candidates stay as they are.</summary>
public class DegradedHistoriesTests
{
    [Theory]
    [InlineData("unim2rec", 1.0)]
    [InlineData("unim2rec", 0.4)]
    [InlineData("missrec", 0.4)]
    public void Figures_are_those_of_ranking_one_user_after_the_other(string kind, double share)
    {
        using var market = new TinyMarket();
        using var session = Session.Create(Config(market, kind), RunFolder.Create(market.Run("run"), resume: false, overwrite: false), WorkContext.Silent);
        session.Train();
        var degradation = new Degradation(["text"], [], NoiseScale: 1, share, Seed: 3, Histories: true);

        var report = session.MeasureRobustness("test", [degradation]);

        Assert.Equal(Plain(session, degradation), report.Degraded[0].Metrics["ndcg@10"], 1e-6);
        Assert.NotEqual(report.Metrics["ndcg@10"], report.Degraded[0].Metrics["ndcg@10"]);
    }

    [Fact]
    public void No_user_at_all_leaves_the_figures_as_they_are()
    {
        using var market = new TinyMarket();
        using var session = Session.Create(Config(market, "unim2rec"), RunFolder.Create(market.Run("run"), resume: false, overwrite: false), WorkContext.Silent);
        session.Train();

        var report = session.MeasureRobustness("test", [new Degradation(["text"], [], 1, Share: 0, Seed: 3, Histories: true)]);

        Assert.Equal(report.Metrics, report.Degraded[0].Metrics);
    }

    /// <summary>NDCG@10, a user at a time: the items of the history are encoded from what is left of them, the candidates from all.</summary>
    private static double Plain(Session session, Degradation degradation)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var data = session.Data;
        var users = degradation.Choose(data.Log.UserCount).ToHashSet();
        var candidates = session.Model.EncodeItems(session.Features.Gather(data.Candidates));
        double sum = 0;
        var examples = new ExamplePlanner(data.HeldOutLog, data.IsTarget, session.Config.Data.MaxLength, ExampleForm.Prefix).HeldOut(data.Split.Test);
        foreach (var example in examples)
        {
            var items = session.Features.Gather(example.Items.ToArray());
            if (users.Contains(example.User))
            {
                items = items with { Features = [items.Features[0] * 0, items.Features[1]], Present = items.Present * tensor(new float[] { 0, 1 }) };
            }

            var state = session.Model.EncodeSequences(
                session.Model.EncodeItems(items), SequencePacker.Pack([Enumerable.Range(0, example.Length).ToArray()], session.Model.Causal, CPU));
            float[] scores = session.Model.Score(state, candidates).view(-1).data<float>().ToArray();
            float own = scores[Array.IndexOf(data.Candidates, example.LastTargetItem)];
            int above = scores.Count(s => s > own);
            if (above < 10) sum += 1 / Math.Log2(above + 2);
        }

        return sum / examples.Count;
    }

    private static RunConfig Config(TinyMarket market, string kind) => new()
    {
        Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["books"], Modalities = ["text", "image"], MaxLength = 12 },
        Model = new() { Kind = kind, Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Experts = 1, Dropout = 0, Missrec = new() { InterestRatio = 0.2 } },
        Training = new() { Epochs = 2, BatchTargets = 64, Device = "cpu", LearningRate = 5e-3, Threads = 1 },
    };
}
