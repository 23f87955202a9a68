using UniM2Rec.Configuration;
using UniM2Rec.Serving.Model;
using UniM2Rec.Trainer.Configuration;
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
    public RecommenderManifest Write(bool overwrite = false, params VectorForm[] forms)
    {
        using var session = Session.Open(RunFolder.Open(Folder), WorkContext.Silent);
        return session.Export(Export, new ExportSettings(Histories: true, forms), overwrite);
    }

    /// <summary>What the trainer recommends to each user, by item id.</summary>
    public IReadOnlyList<(string User, (string Item, float Score)[] Best)> Recommended(int count, bool includeSeen)
    {
        using var session = Session.Open(RunFolder.Open(Folder), WorkContext.Silent);
        var found = new List<(string, (string, float)[])>();
        session.Recommend(count, users: null, includeSeen, r => found.Add((r.User, r.Rows.Zip(r.Scores, (row, score) => (session.Data.Store.GetItemId(row), score)).ToArray())));
        return found;
    }

    /// <summary>What the export recommends to one of its users.</summary>
    public static (string Item, float Score)[] Served(ServedModel model, string user, int count, bool includeSeen)
    {
        int[] history = model.HistoryOf(user)!;
        var best = model.RecommendAsync(history, count, c => includeSeen || !history.Contains(c)).GetAwaiter().GetResult();
        return [.. best.Select(b => (model.Items[b.Row].ItemId, b.Score))];
    }
}
