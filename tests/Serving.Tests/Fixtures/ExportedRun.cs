using UniM2Rec.Configuration;
using UniM2Rec.Serving.Model;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Exporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>A run on a small marketplace that trained for an epoch, what the trainer recommends with it, and its export.</summary>
internal sealed class ExportedRun
{
    private readonly TinyMarket _market;
    private readonly string _name;

    public ExportedRun(TinyMarket market, string name, string preset, params string[] settings)
    {
        (_market, _name) = (market, name);
        string[] small = ["model.width=16", "model.heads=2", "model.feedForward=16", "model.experts=2", "model.layers=2"];
        var own = JsonConfig.Load<RunConfig>(Presets.PathOf(preset), [], new RunConfig());
        var read = UniM2Rec.Trainer.Models.ModelRegistry.Find(own.Model.Kind).Reads;
        Config = JsonConfig.Load(Presets.PathOf(preset), [.. small.Where(s => read.Contains(s["model.".Length..s.IndexOf('=', StringComparison.Ordinal)])), .. settings], new RunConfig
        {
            Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["music"], MaxLength = 8 },
            Training = new() { Epochs = 1, BatchTargets = 256, Device = "cpu", LearningRate = 5e-3 },
        });
        Config = Config with { Training = Config.Training with { Epochs = Math.Min(Config.Training.Epochs, 1) } };
        using var session = Session.Create(Config, RunFolder.Create(market.Run(name), resume: false, overwrite: true), WorkContext.Silent);
        session.Train();
    }

    public RunConfig Config { get; }

    public string Folder => _market.Run(_name);

    public string Export => _market.Run(_name + "-export");

    /// <summary>Exports the run.</summary>
    public RecommenderManifest Write(bool overwrite = false, IReadOnlyList<string>? domains = null, bool half = false)
    {
        using var session = Session.Open(RunFolder.Open(Folder), WorkContext.Silent, domains: domains);
        return session.Export(Export, new ExportSettings(Histories: true, []) { HalfPrecision = half }, overwrite);
    }

    /// <summary>What the trainer recommends to each user, by item id.</summary>
    public IReadOnlyList<(string User, (string Item, float Score)[] Best)> Recommended(int count, bool includeSeen, IReadOnlyList<string>? domains = null) =>
        Collected(domains, (session, take) => session.Recommend(new(count, includeSeen), users: null, take));

    /// <summary>What the trainer recommends to users of whom only what they did is told.</summary>
    public IReadOnlyList<(string User, (string Item, float Score)[] Best)> Recommended(int count, IReadOnlyList<HistoryEvent> history) =>
        Collected(null, (session, take) => session.Recommend(new(count), history, take));

    private List<(string User, (string Item, float Score)[] Best)> Collected(IReadOnlyList<string>? domains, Action<Session, Action<Recommendation>> recommend)
    {
        using var session = Session.Open(RunFolder.Open(Folder), WorkContext.Silent, domains: domains);
        var found = new List<(string, (string, float)[])>();
        recommend(session, r => found.Add((r.User, r.Rows.Zip(r.Scores, (row, score) => (session.Data.Store.GetItemId(row), score)).ToArray())));
        return found;
    }

    /// <summary>What the export recommends to one of its users.</summary>
    public static (string Item, float Score)[] Served(ServedModel model, string user, int count, bool includeSeen) => Served(model, model.HistoryOf(user)!, count, includeSeen);

    /// <summary>What the export recommends for a history, given as its rows.</summary>
    public static (string Item, float Score)[] Served(ServedModel model, int[] history, int count, bool includeSeen) =>
        ServedAsync(model, history, count, includeSeen).GetAwaiter().GetResult();

    /// <summary>The same for many at a time, none of which may hold a thread that another waits for.</summary>
    public static async Task<(string Item, float Score)[]> ServedAsync(ServedModel model, int[] history, int count, bool includeSeen)
    {
        var best = await model.RecommendAsync(history, count, c => includeSeen || !history.Contains(c));
        return [.. best.Select(b => (model.Items[b.Row].ItemId, b.Score))];
    }
}
