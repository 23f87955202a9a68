using Serilog;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>A run whose catalogue or interactions change after it was trained.</summary>
public sealed class ChangedDataTests : IDisposable
{
    private const int Count = 20;
    private readonly Shop _shop = new();
    private readonly List<string> _said = [];

    public ChangedDataTests() => _shop.Write(Shop.Items(Count), Shop.Events(Count));

    public void Dispose() => _shop.Dispose();

    public static TheoryData<string> Models => ["unim2rec", "missrec", "sasrec"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Items_in_another_order_change_no_figure(string kind)
    {
        var trained = Train(kind);
        _shop.Write([.. Shop.Items(Count).Reverse()], Shop.Events(Count));

        using var session = Open(kind);

        Assert.Equal(trained.Ranks, session.Evaluate("test").Ranks);
        Assert.Contains(_said, line => line.Contains("other rows", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_new_item_leaves_the_others_as_they_were(string kind)
    {
        var before = Scores(kind, trained: false);
        // In the middle, so that the items behind it move.
        _shop.Write([.. Shop.Items(Count)[..7], "t77", .. Shop.Items(Count)[7..]], Shop.Events(Count));

        var after = Scores(kind, trained: true);

        Assert.All(before, score => Assert.Equal(score.Value, after[score.Key], 1e-4f));
        Assert.Equal(kind != "sasrec", after.Keys.Any(key => key.EndsWith("t77", StringComparison.Ordinal)));
        Assert.Contains(_said, line => line.Contains("1 item (tools: t77)", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_interactions_can_be_recommended_from_but_not_evaluated_on()
    {
        Train("unim2rec");
        _shop.Write(Shop.Items(Count), Shop.Events(Count, seed: 2));

        using var session = Open("unim2rec");

        var error = Assert.Throws<UserErrorException>(() => session.Evaluate("test"));
        Assert.Contains("are not those that", error.Message, StringComparison.Ordinal);
        Assert.Throws<UserErrorException>(() => session.MeasureRobustness("test", []));
        Assert.Equal(30, session.Recommend(new(3), users: null, _ => { }));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Items_that_leave_the_catalogue_leave_their_events_behind_however_many_these_are(string kind)
    {
        Train(kind);
        _shop.Write(Shop.Items(Count)[..10], Shop.Events(Count));

        using var session = Open(kind);

        Assert.True(session.Recommend(new(3), users: null, r => Assert.All(r.Rows, row => Assert.InRange(row, 0, 9))) > 25);
        Assert.Contains(_said, line => line.StartsWith("10 items (tools: t10, tools: t11, tools: t12, ...) of when the run was trained: not there any more", StringComparison.Ordinal));
        Assert.Throws<UserErrorException>(() => session.Evaluate("test"));
        // An id that no item ever had is still a bad row.
        _shop.Write(Shop.Items(Count)[..10], [.. Shop.Events(Count), .. Enumerable.Range(0, 50).Select(i => ($"u{i}", "t500", i))]);
        Assert.Contains("item 't500' is not in", Assert.Throws<UserErrorException>(() => Open(kind)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_events_alone_knows_new_items_by_their_events()
    {
        var config = Config("sasrec") with { Model = new() { Kind = "collaborative" }, Collaborative = new() { ItemKnn = true } };
        using (var session = Session.Create(config, RunFolder.Create(_shop["knn"], resume: false, overwrite: false), Context())) session.Train();
        _shop.Write([.. Shop.Items(Count), "t77", "t78"], [.. Enumerable.Range(0, 20).SelectMany(u => new[] { ($"w{u}", "t77", 1), ($"w{u}", "t1", 2), ($"w{u}", "t2", 3) }), .. Shop.Events(Count)]);

        using var open = Open("knn");

        Assert.Contains(open.Data.Store.FindRow(Shop.Domain, "t77"), open.Data.Candidates);
        Assert.DoesNotContain(open.Data.Store.FindRow(Shop.Domain, "t78"), open.Data.Candidates);
        Assert.Contains(_said, line => line.Contains("1 item (tools: t78) came after the run was trained: left out", StringComparison.Ordinal));
    }

    [Fact]
    public void The_order_of_the_users_is_no_change_of_the_interactions()
    {
        var trained = Train("unim2rec");
        _shop.Write(Shop.Items(Count), [.. Shop.Events(Count).GroupBy(e => e.User).Reverse().SelectMany(user => user)]);

        using var session = Open("unim2rec");
        var evaluated = session.Evaluate("test");

        Assert.NotEqual(trained.Ranks.Select(r => r.User), evaluated.Ranks.Select(r => r.User));
        Assert.Equal(trained.Ranks.OrderBy(r => r.User), evaluated.Ranks.OrderBy(r => r.User));
    }

    [Theory]
    [InlineData("items")]
    [InlineData("interactions")]
    public void A_run_does_not_go_on_with_other_data(string changed)
    {
        Train("missrec");
        _shop.Write(Shop.Items(changed == "items" ? Count + 1 : Count), Shop.Events(Count, seed: changed == "items" ? 1 : 2));

        var error = Assert.Throws<UserErrorException>(() => Session.Resume(Config("missrec"), new RunFolder(_shop["missrec"]), Context()));

        Assert.Contains($"its {changed}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_list_of_items_is_an_error_once_the_items_have_changed()
    {
        Train("sasrec");
        File.Delete(Path.Combine(_shop["sasrec"], "items.csv"));
        using (var session = Open("sasrec")) Assert.NotEmpty(session.Evaluate("test").Ranks);
        _shop.Write([.. Shop.Items(Count).Reverse()], Shop.Events(Count));
        Assert.Contains("items.csv' does not exist", Assert.Throws<UserErrorException>(() => Open("sasrec")).Message, StringComparison.Ordinal);
    }

    private RunEvaluation Train(string kind)
    {
        using var session = Session.Create(Config(kind), RunFolder.Create(_shop[kind], resume: false, overwrite: false), Context());
        session.Train();
        return session.Evaluate("test");
    }

    private Session Open(string kind) => Session.Open(new RunFolder(_shop[kind]), Context());

    /// <summary>By user and item id: the score.</summary>
    private Dictionary<string, float> Scores(string kind, bool trained)
    {
        if (!trained) Train(kind);
        using var session = Open(kind);
        var scores = new Dictionary<string, float>();
        session.Recommend(new(Count + 1, IncludeSeen: true), users: null, r =>
        {
            for (int i = 0; i < r.Rows.Length; i++) scores[$"{r.User} {session.Data.Store.GetItemId(r.Rows[i])}"] = r.Scores[i];
        });
        return scores;
    }

    private WorkContext Context() => new(new LoggerConfiguration().WriteTo.Sink(new Lines(_said)).CreateLogger(), Progress.None, CancellationToken.None);

    private RunConfig Config(string kind) => new()
    {
        Data = new() { Dataset = _shop.Dataset, Features = _shop.Features, Targets = [Shop.Domain], MaxLength = 10 },
        Model = new() { Kind = kind, Width = 8, Layers = 1, Heads = 2, FeedForward = 16, Ids = kind != "sasrec", Missrec = new() { Fusion = CandidateFusionKind.Instance } },
        Training = new() { Epochs = 2, BatchTargets = 64, Device = "cpu" },
    };

    private sealed class Lines(List<string> lines) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) => lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
