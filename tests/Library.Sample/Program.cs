using UniM2Rec.Catalogue;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

// From a catalogue in memory to recommendations, without a command line. The argument is a folder to work in.
string folder = args[0];
Directory.CreateDirectory(folder);
WriteCatalogue(Path.Combine(folder, "shop"));
var context = WorkContext.Silent;

var dataset = Dataset.Open(Path.Combine(folder, "shop"));
var extraction = Extraction.Run(dataset, Path.Combine(folder, "features"), new ExtractionSettings { Image = "", Cross = "" }, context);
Console.WriteLine($"extracted {extraction.Modalities.Single().Rows} items");

var config = JsonConfig.Load(Presets.PathOf("unim2rec-plus"), ["training.epochs=3", "model.width=32", "model.heads=2"], new RunConfig
{
    Data = new DataConfig { Dataset = dataset.Folder, Features = Path.Combine(folder, "features"), Targets = ["garden"] },
});
using (var session = Session.Create(config, RunFolder.Create(Path.Combine(folder, "run"), resume: false, overwrite: false), context))
{
    var end = session.Train();
    Console.WriteLine($"trained {end.TotalSteps} steps");
    Console.WriteLine($"tested {session.Evaluate("test").Report.Users} users");
}

using (var session = Session.Open(RunFolder.Open(Path.Combine(folder, "run")), context))
{
    session.Recommend(new(3), users: ["u1"], r =>
        Console.WriteLine($"for {r.User}: {string.Join(", ", r.Rows.Select(session.Data.Store.GetItemId))}"));
}

// Users who have the items of one of two kinds, in two domains.
static void WriteCatalogue(string folder)
{
    string[] domains = ["kitchen", "garden"];
    using var writer = DatasetWriter.Create(folder, "shop", domains);
    foreach (string domain in domains)
    {
        for (int i = 0; i < 20; i++)
            writer.WriteItem(new Item { Domain = domain, ItemId = $"{domain[0]}{i}", Title = $"{(i % 2 == 0 ? "copper" : "steel")} thing of the {domain}, number {i}" });
    }

    var random = new Random(1);
    for (int user = 0; user < 40; user++)
    {
        for (int time = 0; time < 10; time++)
        {
            string domain = domains[random.Next(2)];
            writer.WriteInteraction(domain, new Interaction($"u{user}", $"{domain[0]}{(2 * random.Next(10)) + (user % 2)}", time, float.NaN, SplitPart.Unspecified));
        }
    }

    writer.Complete();
}
