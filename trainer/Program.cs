using System.CommandLine;
using UniM2Rec.Trainer.Commands;

var root = new RootCommand("Trains universal multi-modal, multi-domain recommenders from extracted features.")
{
    PretrainCommand.Create(),
    FinetuneCommand.Create(),
    EvaluateCommand.Create(),
    RecommendCommand.Create(),
    ExportCommand.Create(),
    CompareCommand.Create(),
    ReportCommand.Create(),
};
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"error: {UsageError.Describe("unim2rec-train", parsed)}");
    return ExitCodes.WrongUsage;
}

return parsed.Invoke();
