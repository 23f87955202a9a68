using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace UniM2Rec.Extractor.Commands;

/// <summary>The usual help, followed by the command's examples and the exit codes.</summary>
internal sealed class ExampleHelp(HelpAction usual, string program) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is ExtractCommand { Examples.Count: > 0 } command)
        {
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
                output.WriteLine($"  {program} {example}");
            output.WriteLine();
        }

        output.WriteLine("Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with skipped items.");
        return result;
    }
}
