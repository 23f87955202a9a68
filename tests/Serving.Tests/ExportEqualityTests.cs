using UniM2Rec.Serving.Model;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests;

/// <summary>What is served from an export is what the trainer recommends, for every preset and for what settings add to models.</summary>
public sealed class ExportEqualityTests
{
    private const int Best = 20;
    private const float Tolerance = 1e-4f;

    public static TheoryData<string, string[]> Runs
    {
        get
        {
            var runs = new TheoryData<string, string[]>();
            foreach (string preset in Presets.Names) runs.Add(preset, []);
            runs.Add("unim2rec-plus", ["model.ids=true", "model.fusion=gated", "collaborative.domainsApart=true"]);
            runs.Add("unim2rec-plus", ["data.coldItems=0.3"]); // items that no collaborative score reaches
            runs.Add("unim2rec-plus", ["objective.candidates=in-batch"]); // trained without collaborative scores
            runs.Add("unim2rec", ["collaborative.content=true", "collaborative.contentDecay=1"]); // joined with nothing of others' histories
            runs.Add("missrec", ["data.modalities=text", "collaborative.content=true", "collaborative.contentDecay=0"]);
            runs.Add("unim2rec", ["model.layers=0", "model.fusion=learned"]);
            runs.Add("missrec", ["model.ids=true", "model.missrec.fusion=instance", "collaborative.seenBias=true"]);
            runs.Add("missrec", ["data.modalities=text", "model.missrec.fusion=static"]);
            runs.Add("missrec", ["collaborative.ownEvents=true"]); // two user vectors whose scores are not those of their sum
            runs.Add("ease", ["collaborative.easeItems=20", "collaborative.domainsApart=true"]);
            runs.Add("collaborative", ["collaborative.itemKnnDecay=1", "collaborative.transitionsDecay=0", "collaborative.easeDecay=1"]);
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void An_export_recommends_what_the_trainer_does(string preset, string[] settings)
    {
        int users = preset == "unim2rec-plus" ? 1000 : 200;
        using var market = new TinyMarket(users);
        var run = new ExportedRun(market, "run", preset, settings);
        run.Write();
        using var model = ServedModel.Open(run.Export);
        foreach (bool includeSeen in new[] { false, true })
        {
            var expected = run.Recommended(Best, includeSeen);
            Assert.Equal(users, expected.Count);
            Assert.All(expected, user => RequireSame(user.Best, ExportedRun.Served(model, user.User, Best, includeSeen)));
        }
    }

    [Theory]
    [InlineData("unim2rec-plus")]
    [InlineData("missrec")]
    [InlineData("sasrec")]
    public void A_history_of_any_domain_is_answered_as_the_trainer_does(string preset)
    {
        using var market = new TinyMarket();
        var run = new ExportedRun(market, "run", preset, "data.flow=music"); // books are seen by nobody in training
        run.Write();
        using var model = ServedModel.Open(run.Export);
        var random = new Random(1);
        var histories = Enumerable.Range(0, 40).ToDictionary(u => $"visitor {u}", u => Enumerable.Range(0, 1 + (u % 12)).Select(_ => random.Next(48)).ToArray());
        var events = histories.SelectMany(h => h.Value.Select(i => new HistoryEvent(h.Key, i < 24 ? "books" : "music", i < 24 ? $"b{i}" : $"m{i - 24}"))).ToList();
        var expected = run.Recommended(Best, events);
        Assert.Equal(40, expected.Count);
        Assert.All(expected, user => RequireSame(user.Best, ExportedRun.Served(
            model, [.. events.Where(e => e.User == user.User).Select(e => model.Items.Find(e.Domain, e.ItemId))], Best, includeSeen: false)));
    }

    [Theory]
    [InlineData("unim2rec-plus", "collaborative.domainsApart=true")]
    [InlineData("missrec", "model.ids=true")]
    [InlineData("ease", "collaborative.easeItems=20")]
    public void Reasons_are_those_of_the_trainer(string preset, string setting)
    {
        using var market = new TinyMarket();
        var run = new ExportedRun(market, "run", preset, setting);
        run.Write();
        using var model = ServedModel.Open(run.Export);
        using var session = Session.Open(RunFolder.Open(run.Folder), WorkContext.Silent);
        int Row(int row) => model.Items.Find(session.Data.Store.Domains.First(d => row < d.FirstRow + d.Count).Name, session.Data.Store.GetItemId(row));
        int explained = 0;
        session.Recommend(new(Best) { Why = true }, users: null, user =>
        {
            int[] history = model.HistoryOf(user.User)!;
            foreach (var (row, score, why) in user.Rows.Zip(user.Scores, user.Why!))
            {
                var served = model.Explain(history, new Ranked(Row(row), score));
                Assert.Equal(served.Network, why.Network, Tolerance);
                Assert.Equal(served.Terms.Select(t => t.Term), why.Terms.Select(t => t.Term));
                Assert.All(served.Terms.Zip(why.Terms), t => Assert.Equal(t.First.Value, t.Second.Value, Tolerance));
                Assert.Equal(served.Events.Select(e => e.Row), why.Events.Select(e => Row(e.Row)));
                Assert.All(served.Events.Zip(why.Events), e => Assert.Equal((e.First.Similarity ?? 9) + e.First.Together, (e.Second.Similarity ?? 9) + e.Second.Together, Tolerance));
                explained++;
            }
        });
        Assert.True(explained > 100);
    }

    [Theory]
    [InlineData("unim2rec-plus")]
    [InlineData("missrec")]
    public void Weights_of_half_the_size_give_nearly_the_same_scores(string preset)
    {
        using var market = new TinyMarket();
        var run = new ExportedRun(market, "run", preset, "model.width=64");
        run.Write();
        string tower = Path.Combine(run.Export, "user-tower.onnx");
        long whole = new FileInfo(tower).Length;
        Assert.Equal(WeightPrecision.Float16, run.Write(overwrite: true, half: true).Network!.Weights);
        Assert.InRange(new FileInfo(tower).Length, whole * 0.45, whole * 0.75);

        using var model = ServedModel.Open(run.Export);
        float largest = 0;
        foreach (var (user, best) in run.Recommended(24, includeSeen: true))
        {
            var served = ExportedRun.Served(model, user, 24, includeSeen: true).ToDictionary(b => b.Item, b => b.Score);
            largest = Math.Max(largest, best.Max(b => Math.Abs(b.Score - served[b.Item])));
        }

        Assert.InRange(largest, 1e-6f, 0.05f); // of logits that are cosines / 0.07
    }

    [Fact]
    public void Another_domain_than_the_runs_own_is_exported_as_it_is_recommended()
    {
        using var market = new TinyMarket();
        var run = new ExportedRun(market, "run", "unim2rec", "data.flow=music");
        run.Write(domains: ["books"]);
        using var model = ServedModel.Open(run.Export);
        Assert.Equal(["books"], model.Items.CandidateDomains);
        var expected = run.Recommended(Best, includeSeen: false, domains: ["books"]);
        Assert.True(expected.Count > 40);
        Assert.All(expected, user => RequireSame(user.Best, ExportedRun.Served(model, user.User, Best, includeSeen: false)));
    }

    /// <summary>The same scores at every rank; and the same items, but where scores are equal so far that rounding orders them.</summary>
    private static void RequireSame((string Item, float Score)[] expected, (string Item, float Score)[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        var scores = expected.ToDictionary(e => e.Item, e => e.Score);
        for (int i = 0; i < found.Length; i++)
        {
            Assert.Equal(expected[i].Score, found[i].Score, Tolerance);
            Assert.Equal(scores.GetValueOrDefault(found[i].Item, expected[^1].Score), found[i].Score, Tolerance);
        }
    }
}
