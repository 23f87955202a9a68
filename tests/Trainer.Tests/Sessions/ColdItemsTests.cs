using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary><c>data.coldItems</c>: items that training does not see, and evaluation ranks.</summary>
public class ColdItemsTests
{
    private const double Share = 0.25;

    [Theory]
    [InlineData("unim2rec")]
    [InlineData("missrec")]
    public void What_is_trained_does_not_depend_on_them(string kind)
    {
        HashSet<string> cold;
        using (var market = new TinyMarket())
        {
            using var data = TrainingData.Open(Config(market, kind).Data, null, Progress.None, CancellationToken.None);
            cold = data.ColdItems.Select(data.Store.GetItemId).ToHashSet();
            Assert.InRange(cold.Count, 1, data.Candidates.Length / 2);
            Assert.Empty(data.Split.Training.Items(0, data.Split.Training.EventCount).ToArray().Intersect(data.ColdItems));
        }

        var weights = Weights(new TinyMarket(), kind);
        var others = Weights(new TinyMarket(change: (item, vector) =>
        {
            if (cold.Contains(item)) Array.Fill(vector, 3);
        }), kind);
        var changed = Weights(new TinyMarket(change: (item, vector) =>
        {
            if (!cold.Contains(item)) vector[0] += 1e-2f * item[^1];
        }), kind);

        Assert.Equal(weights.Keys, others.Keys);
        Assert.All(weights, w => Assert.Equal(w.Value, others[w.Key]));
        Assert.Contains(weights, w => !w.Value.SequenceEqual(changed[w.Key]));
    }

    [Fact]
    public void They_are_ranked_among_all_items_as_those_that_were_never_seen()
    {
        using var market = new TinyMarket();
        var run = RunFolder.Create(market.Run("run"), resume: false, overwrite: false);
        using (var training = Session.Create(Config(market, "unim2rec"), run, WorkContext.Silent)) training.Train();
        using var session = Session.Open(run, WorkContext.Silent);

        var report = session.Evaluate("test").Report;

        var cold = session.Data.ColdItems.ToHashSet();
        int targets = session.Data.Split.Test.Count(t => cold.Contains(session.Data.Log.ItemOf(t.Event)));
        Assert.InRange(targets, 1, report.Users - 1);
        Assert.Equal(targets, report.Slices["seen never"].Users);
        Assert.Equal(session.Data.Candidates.Length, report.Items);
        Assert.DoesNotContain(session.Data.Split.Validation, v => cold.Contains(session.Data.Log.ItemOf(v.Event)));

        // Of 24 items 6 or so are of the user's own group; drawn blindly, the target would be among the first ten in 10 of 24 cases.
        Assert.True(report.Slices["seen never"].Metrics["recall@10"] > 0.6, $"recall@10 of items never seen is {report.Slices["seen never"].Metrics["recall@10"]}");
    }

    private static RunConfig Config(TinyMarket market, string kind) => new()
    {
        Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["books"], ColdItems = Share, MaxLength = 12 },
        Model = new() { Kind = kind, Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Experts = 1, Dropout = 0, Ids = true, Missrec = new() { InterestRatio = 0.2 } },
        Training = new() { Epochs = 12, BatchTargets = 64, Device = "cpu", LearningRate = 5e-3, Threads = 1 },
    };

    /// <summary>By name: what training made of the parameters, but for those of single items.</summary>
    private static Dictionary<string, float[]> Weights(TinyMarket market, string kind)
    {
        using var gone = market;
        using var session = Session.Create(Config(market, kind), RunFolder.Create(market.Run("run"), resume: false, overwrite: false), WorkContext.Silent);
        session.Train();
        return session.Model.named_parameters().ToDictionary(p => p.name, p => p.parameter.data<float>().ToArray());
    }
}
