using System.CommandLine;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>export</c>: the candidates' vectors, for a vector index elsewhere.</summary>
public static class ExportCommand
{
    private const string Extension = ".safetensors";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder.", Required = true };
        var output = new Option<string>("--out") { Description = "File to write, NAME.safetensors; the items' ids go to NAME.ids.csv.", Required = true };
        output.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && !given.Value.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
                result.AddError($"--out is '{given.Value}', but vectors are written as safetensors; give a name that ends in {Extension}");
        });
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that are no export." };
        var command = new Verb("export",
            "Write the items' vectors, in the order of the ids beside them (docs/FORMAT.md says which, model by model).",
            "export --run runs/garden --out garden.safetensors")
        {
            runOption, output, overwrite,
        };
        return command.Does((parsed, context) =>
        {
            string path = parsed.GetRequiredValue(output), ids = path[..^Extension.Length] + ".ids.csv";
            bool replaces = parsed.GetValue(overwrite);
            OutputTarget.RequireOwnKind(path, "an export of vectors", ExportedVectors.IsOne, replaces);
            OutputTarget.RequireOwnKind(ids, "a list of ids", file => OutputTarget.BeginsWith(file, ExportedVectors.IdsBeginning), replaces);
            using var session = Session.Open(RunFolder.Open(parsed.GetRequiredValue(runOption)), context.Work);
            int items = session.Export(path, ids);
            context.Log.Information("{Items} vectors are in {File}, their ids in {Ids}", items, path, ids);
            return ExitCodes.Done;
        });
    }
}
