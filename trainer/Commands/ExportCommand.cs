using System.CommandLine;
using UniM2Rec.Trainer.Session;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>export</c>: the candidates' vectors, for a vector index elsewhere.</summary>
public static class ExportCommand
{
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder.", Required = true };
        var output = new Option<string>("--out") { Description = "safetensors file to write (tensor 'items' [items, width]); the ids go to the same name with .csv.", Required = true };
        var command = new Command("export",
            "Write the items' vectors, in the order of the ids beside them.\n\nExample:\n  unim2rec-train export --run runs/garden --out garden.safetensors")
        {
            runOption, output,
        };
        return command.Runs(_ => null, (parsed, context) =>
        {
            var run = RunFolder.Open(parsed.GetRequiredValue(runOption));
            var config = FinishedRun.Config(run, device: null);
            using var session = FinishedRun.Open(config, run, context);
            using var catalogue = session.EncodeCatalogue();
            using var scope = NewDisposeScope();
            string path = parsed.GetRequiredValue(output);
            WeightFile.Save(path, [("items", catalogue.Vectors.First(catalogue.CandidateCount).Candidate)], new Dictionary<string, string> { ["run"] = Path.GetFileName(run.Path) });
            SaveIds(Path.ChangeExtension(path, ".csv"), session);
            context.Log.Information("{Items} vectors are in {File}", catalogue.CandidateCount, path);
            return ExitCodes.Done;
        });
    }

    private static void SaveIds(string path, RunSession session) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        CsvText.WriteRow(writer, "domain", "item_id");
        var domains = session.Data.Store.Domains;
        foreach (int row in session.Data.Candidates)
            CsvText.WriteRow(writer, domains.First(d => row >= d.FirstRow && row < d.FirstRow + d.Count).Name, session.Data.Store.GetItemId(row));
    });
}
