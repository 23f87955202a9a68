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
    var command = parsed.CommandResult.Command;
    string verb = command == root ? "" : command.Name + " ";
    Console.Error.WriteLine($"error: {string.Join(" ", parsed.Errors.Select(e => e.Message))} See 'unim2rec-train {verb}--help'.");
    return ExitCodes.WrongUsage;
}

return parsed.Invoke();
