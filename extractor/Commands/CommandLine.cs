using System.CommandLine;
using System.CommandLine.Help;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Commands;

/// <summary>The program's verbs.</summary>
internal static class CommandLine
{
    private const string Program = "unim2rec-extract";

    /// <summary>Parses and runs a command line; Ctrl-C cancels.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter errors)
    {
        var root = CreateRoot();
        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not ExampleHelp)
        {
            errors.WriteLine($"error: {UsageError.Describe(Program, parsed)}");
            return ExitCodes.WrongUsage;
        }

        // The program's own handler lets a run save first; the library's would end the process after two seconds.
        using var interruption = Interruption.Listen();
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, interruption.Token);
    }

    internal static RootCommand CreateRoot()
    {
        var root = new RootCommand("Turns a catalogue's texts and pictures into features, once, with encoders that are plain ONNX files.")
        {
            ImportCommand.Create(),
            SynthCommand.Create(),
            RunCommand.Create(),
            VerifyCommand.Create(),
            InspectCommand.Create(),
            MergeCommand.Create(),
            EncodersCommand.Create(),
            ImportFeaturesCommand.Create(),
        };
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new ExampleHelp((HelpAction)option.Action!, Program);
        return root;
    }
}
