using System.CommandLine;
using UniM2Rec.Trainer.Exporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>export</c>: the recommender as files, for the service and for programs elsewhere.</summary>
public static class ExportCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder.", Required = true };
        var output = new Option<string>("--out") { Description = "Folder to make: items, vectors, the user side of the network as ONNX, collaborative scores.", Required = true };
        var domain = ListOption.Create("--domain", "Domains whose items are recommended: any of the feature store's (default: the run's own targets).");
        domain.OfRunsDomains(parsed => parsed.GetValue(runOption));
        var histories = new Option<bool>("--histories") { Description = "Also write the users' histories, so that the service knows users by their ids. They are personal data." };
        var vectors = ListOption.Create("--vectors", $"Also write each matrix of vectors in other forms: {string.Join(", ", VectorForm.All.Select(f => f.Name))}.");
        var half = new Option<bool>("--half") { Description = "Store the weights of the user side as float16: half the file; scores differ in the third digit or so." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the exported recommender that is in --out." };
        var command = new Verb("export",
            "Write a recommender that unim2rec-serve answers from, and that other programs can read (docs/FORMAT.md says every file).",
            "export --run runs/garden --out garden-recommender",
            "export --run runs/garden --out garden-recommender --histories --vectors npy --overwrite",
            "export --run runs/pretrained --domain garden --out garden-recommender")
        {
            runOption, output, domain, histories, vectors, half, overwrite,
        };
        return command.Does((parsed, context, results) =>
        {
            string folder = parsed.GetRequiredValue(output);
            bool replaces = parsed.GetValue(overwrite);
            var settings = new ExportSettings(parsed.GetValue(histories), [.. (parsed.GetValue(vectors) ?? []).Distinct().Select(VectorForm.Find)]) { HalfPrecision = parsed.GetValue(half) };
            Session.RequireExportable(folder, replaces);
            using var session = Session.Open(RunFolder.Open(parsed.GetRequiredValue(runOption)), context.Work, domains: parsed.GetValue(domain));
            var made = session.Export(folder, settings, replaces);
            context.Log.Information(
                "The recommender is in {Folder}: {Candidates:N0} items to recommend of {Items:N0}, {Size:N1} MiB", folder, made.Candidates, made.Items, made.Files.Values.Sum(f => f.Bytes) / (double)(1 << 20));
            results.Set("folder", Path.GetFullPath(folder));
            results.Set("candidates", made.Candidates);
            results.Set("items", made.Items);
            results.Set("bytes", made.Files.Values.Sum(f => f.Bytes));
            VerbContext.Next("unim2rec-serve", "--model", folder);
            return ExitCodes.Done;
        });
    }
}
