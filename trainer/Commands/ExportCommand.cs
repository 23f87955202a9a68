using System.CommandLine;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>export</c>: the candidates' vectors, for a vector index elsewhere.</summary>
public static class ExportCommand
{
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder.", Required = true };
        var output = new Option<string>("--out") { Description = "safetensors file to write (tensor 'items' [items, width]); the ids go to the same name with .csv.", Required = true };
        var command = new Verb("export",
            "Write the items' vectors, in the order of the ids beside them.",
            "export --run runs/garden --out garden.safetensors")
        {
            runOption, output,
        };
        return command.Does((parsed, context) =>
        {
            using var session = Session.Open(RunFolder.Open(parsed.GetRequiredValue(runOption)), context.Work);
            string path = parsed.GetRequiredValue(output);
            int items = session.Export(path, Path.ChangeExtension(path, ".csv"));
            context.Log.Information("{Items} vectors are in {File}", items, path);
            return ExitCodes.Done;
        });
    }
}
