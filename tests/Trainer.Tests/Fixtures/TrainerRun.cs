using System.CommandLine;
using System.Globalization;
using UniM2Rec.CommandLine;
using UniM2Rec.Trainer.Commands;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>A command line of the trainer that was run in this process, as the program does it.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">The standard output.</param>
/// <param name="Errors">The error stream.</param>
internal sealed record TrainerRun(int Code, string Output, string Errors)
{
    /// <summary>The errors that are told, without the marks before them.</summary>
    public IReadOnlyList<string> Sentences => [.. Errors.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal)).Select(line => line.TrimEnd())];

    /// <summary>The program's verbs.</summary>
    public static RootCommand Program() => CommandFrame.Program(
        "unim2rec-train", "", PretrainCommand.Create(), FinetuneCommand.Create(), EvaluateCommand.Create(), RecommendCommand.Create(), ExportCommand.Create(), CompareCommand.Create(), ReportCommand.Create(), StudyCommand.Create(), TuneCommand.Create());

    public static TrainerRun Of(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var printed = new StringWriter(CultureInfo.InvariantCulture);
        using var said = new StringWriter(CultureInfo.InvariantCulture);
        Console.SetOut(printed);
        Console.SetError(said);
        try
        {
            int code = CommandFrame.RunAsync(Program(), arguments, said).GetAwaiter().GetResult();
            return new TrainerRun(code, printed.ToString(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
