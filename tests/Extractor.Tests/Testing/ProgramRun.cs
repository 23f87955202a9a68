using UniM2Rec.Extractor.Commands;

namespace UniM2Rec.Tests.Testing;

/// <summary>Runs a command line within the test. Tests that use it are of the collection "console", as it swaps the console's streams.</summary>
internal static class ProgramRun
{
    public static async Task<(int Code, string Output, string Errors)> Of(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var (consoleOutput, consoleErrors) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            return (await ExtractProgram.RunAsync(arguments, errors), output.ToString(), errors.ToString());
        }
        finally
        {
            Console.SetOut(consoleOutput);
            Console.SetError(consoleErrors);
        }
    }
}
