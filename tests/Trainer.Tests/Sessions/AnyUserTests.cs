using Serilog;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>A run answers for users and domains that it has never seen.</summary>
public sealed class AnyUserTests : IDisposable
{
    private readonly TinyMarket _market = new();
    private readonly List<string> _said = [];

    public void Dispose() => _market.Dispose();

    [Theory]
    [InlineData("unim2rec", false)]
    [InlineData("missrec", false)]
    [InlineData("sasrec", false)]
    [InlineData("unim2rec", true)]
    public void A_history_that_is_told_gives_what_the_same_history_of_a_known_user_gives(string kind, bool collaborative)
    {
        Train(Config(kind, ["books"]) with { Collaborative = new() { ItemKnn = collaborative, Ease = collaborative, SeenBias = collaborative } });
        using var session = Open();
        var known = new Dictionary<string, (int[] Rows, float[] Scores)>();
        session.Recommend(new(5), users: null, r => known[r.User] = (r.Rows, r.Scores));
        var log = session.Data.Log;

        var told = Enumerable.Range(0, log.UserCount)
            .SelectMany(u => Enumerable.Range(log.FirstEvent(u), log.EndEvent(u) - log.FirstEvent(u))
                .Select(e => new HistoryEvent($"visitor {log.UserIds[u]}", log.Domains[log.DomainOf(e)], session.Data.Store.GetItemId(log.ItemOf(e)), log.TimeOf(e))))
            .Reverse().ToList();
        int count = session.Recommend(new(5), told, r =>
        {
            var (rows, scores) = known[r.User["visitor ".Length..]];
            Assert.Equal(rows, r.Rows);
            Assert.All(scores.Zip(r.Scores), s => Assert.Equal(s.First, s.Second, 1e-3f));
        });

        Assert.Equal(known.Count, count);
    }

    [Fact]
    public void Events_of_other_domains_count_also_of_those_that_the_run_does_not_know()
    {
        Train(Config("unim2rec", ["books"]) with { Data = Data(["books"], flow: ["books"]) });
        using var session = Open();
        var alone = Scores(session, [new("v", "books", "b0", null), new("v", "books", "b4", null)]);
        var joined = Scores(session, [new("v", "books", "b0", null), new("v", "music", "m1", null), new("v", "books", "b4", null)]);
        Assert.NotEqual(alone, joined);
        Assert.Equal(22, alone.Count); // 24 books but those of the history
    }

    [Fact]
    public void Items_that_are_not_there_are_passed_over_with_a_warning_and_nothing_but_them_is_an_error()
    {
        Train(Config("unim2rec", ["books"]));
        using var session = Open();
        var expected = Scores(session, [new("v", "books", "b0", 1), new("v", "books", "b4", 2)]);
        Assert.Equal(expected, Scores(session, [new("v", "books", "gone", 0), new("v", "books", "b4", 2), new("w", "films", "f1", 1), new("v", "books", "b0", 1)]));
        Assert.Contains(_said, line => line.StartsWith("2 of 4 events of the history are of items that the catalogue does not have, and are passed over (such as item 'gone' of domain 'books')", StringComparison.Ordinal));
        Assert.Contains(_said, line => line.StartsWith("1 users (w) have no other events", StringComparison.Ordinal));
        Assert.Contains("has none of the 1 items of the history", Assert.Throws<UserErrorException>(() => Scores(session, [new("v", "books", "gone", 0)])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unim2rec")]
    [InlineData("missrec")]
    public void A_domain_that_training_never_saw_is_ranked_by_its_items_features(string kind)
    {
        Train(Config(kind, ["books"]) with { Data = Data(["books"], flow: ["books"]) });
        using var session = Open(domains: ["music"]);
        foreach (var (name, ids) in session.Model.named_parameters().Where(p => session.Model.ByItem.Contains(p.name) && p.name.EndsWith("ids", StringComparison.Ordinal)).Select(p => (p.name, p.parameter)))
        {
            Assert.Equal(0, ids[24..].abs().max().item<float>());
            Assert.NotEqual(0, ids[..24].abs().max().item<float>());
        }

        session.Recommend(new(3), users: null, r => Assert.All(r.Rows, row => Assert.InRange(row, 24, 47)));
        var evaluation = session.Evaluate(session.Split);
        string file = evaluation.Save(session.Run);

        Assert.Equal("test", session.Split);
        Assert.Equal("evaluation-test-of-music.json", Path.GetFileName(file));
        Assert.False(File.Exists(session.Run.EvaluationOf("test", false).Evaluation));
        Assert.Equal(["music"], UniM2Rec.Trainer.Evaluation.EvaluationReport.Load(file, "").Domains);
        Assert.All(evaluation.Ranks, rank => Assert.Equal("music", rank.Domain));
        Assert.DoesNotContain(_said, line => line.Contains("too high", StringComparison.Ordinal));
        // Items of a user's group are alike, so that a network that knows items by their features is better than chance, 10 of 24.
        Assert.True(evaluation.Report.Metrics["recall@10"] > 0.5, $"{evaluation.Report.Metrics["recall@10"]}");

        // The run itself is as it was.
        using var own = Open();
        Assert.Empty(own.Elsewhere);
        own.Evaluate("test");
        Assert.Contains(file, RunFolder.Create(_market.Run("run"), resume: false, overwrite: true).Files);
    }

    [Fact]
    public void A_domain_of_which_training_saw_events_is_ranked_with_a_warning()
    {
        Train(Config("unim2rec", ["books"]));
        using var session = Open(domains: ["music"]);
        Assert.NotEmpty(session.Evaluate("test").Ranks);
        Assert.Contains(_said, line => line.Contains("was trained on events of music too", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_of_ids_alone_does_not_know_another_domain()
    {
        Train(Config("sasrec", ["books"]) with { Data = Data(["books"], flow: ["books"]) });
        Assert.Contains("knows no item of music; leave --domain out", Assert.Throws<UserErrorException>(() => Open(domains: ["music"])).Message, StringComparison.Ordinal);
        Assert.Contains("unknown domain 'musik'", Assert.Throws<UserErrorException>(() => Open(domains: ["musik"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pre_trained_run_is_evaluated_on_what_it_holds_out_and_on_any_domain_and_recommends()
    {
        Train(Config("unim2rec", ["books"]) with { Data = Data(["books"], flow: ["books"]) with { HoldOut = HoldOut.LastEvent }, Objective = new() { Candidates = CandidateSet.InBatch } });
        using (var session = Open())
        {
            Assert.Equal("validation", session.Split);
            Assert.NotEmpty(session.Evaluate(session.Split).Ranks);
            Assert.Contains("give --split validation", Assert.Throws<UserErrorException>(() => session.Evaluate("test")).Message, StringComparison.Ordinal);
            Assert.True(session.Recommend(new(3), users: null, _ => { }) > 50);
        }

        using var elsewhere = Open(domains: ["music"]);
        Assert.Equal("test", elsewhere.Split);
        Assert.True(elsewhere.Evaluate("test").Report.Metrics["recall@10"] > 0.5);
    }

    private Dictionary<string, float> Scores(Session session, HistoryEvent[] history)
    {
        var scores = new Dictionary<string, float>();
        session.Recommend(new(48), history, r =>
        {
            for (int i = 0; i < r.Rows.Length; i++) scores[session.Data.Store.GetItemId(r.Rows[i])] = r.Scores[i];
        });
        return scores;
    }

    private void Train(RunConfig config)
    {
        using var session = Session.Create(config, RunFolder.Create(_market.Run("run"), resume: false, overwrite: true), Context());
        session.Train();
    }

    private Session Open(IReadOnlyList<string>? domains = null) => Session.Open(new RunFolder(_market.Run("run")), Context(), domains: domains);

    private WorkContext Context() => new(new LoggerConfiguration().WriteTo.Sink(new Lines(_said)).CreateLogger(), Progress.None, CancellationToken.None);

    private DataConfig Data(string[] targets, string[]? flow = null) => new() { Dataset = _market.Dataset, Features = _market.Features, Targets = targets, Flow = flow ?? [], MaxLength = 10 };

    private RunConfig Config(string kind, string[] targets) => new()
    {
        Data = Data(targets),
        Model = new() { Kind = kind, Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Dropout = 0.1, Ids = kind != "sasrec", Adaptor = kind == "missrec" ? AdaptorKind.Linear : AdaptorKind.Whitening },
        Training = new() { Epochs = 8, BatchTargets = 64, LearningRate = 0.01, Device = "cpu" },
    };

    private sealed class Lines(List<string> lines) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) => lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
