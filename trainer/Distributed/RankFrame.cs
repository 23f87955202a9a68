namespace UniM2Rec.Trainer.Distributed;

/// <summary>
/// A program of which several processes run at once: the first one alone speaks, and where one fails, all end. What all of them can't do, such as a setting that is
/// wrong, the first one says; the others speak only of what has happened to them alone.
/// </summary>
public static class RankFrame
{
    /// <summary>How long a process that failed leaves it to the first one to say so, which then ends this one too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Verbs that several processes do together.</summary>
    private static readonly string[] Together = ["pretrain", "finetune"];

    /// <summary>Runs a command line in this process and in those that were started with it.</summary>
    /// <param name="arguments">The command line; it is the same in all.</param>
    /// <param name="run">From the processes, the command line and the error stream to an exit code.</param>
    /// <returns>An exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, Func<ICommunicator, string[], TextWriter, Task<int>> run)
    {
        var errors = Console.Error;
        ICommunicator ranks;
        try
        {
            ranks = MpiCommunicator.Join();
        }
        catch (UserErrorException failure)
        {
            await errors.WriteLineAsync($"error: {failure.Message}");
            return ExitCodes.Failed;
        }

        using (ranks)
        {
            if (ranks.Size == 1) return await run(ranks, arguments, errors);
            using var said = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
            if (ranks.Rank > 0)
            {
                Console.SetOut(TextWriter.Null);
                Console.SetError(said);
            }

            int code;
            try
            {
                code = Refusal(arguments, ranks, Console.Error) ?? await run(ranks, arguments, Console.Error);
            }
            catch
            {
                ranks.Abort(ExitCodes.Failed); // The others would wait for this one.
                throw;
            }

            if (code == ExitCodes.Done) return code;
            if (ranks.Rank > 0)
            {
                await Task.Delay(Patience);
                const string mark = "error: ";
                string? sentence = said.ToString().Split('\n').LastOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal));
                if (sentence is not null) await errors.WriteLineAsync($"{mark}Process {ranks.Rank + 1} of {ranks.Size}, on {Environment.MachineName}: {sentence[mark.Length..].TrimEnd()}");
            }

            ranks.Abort(code);
            return code;
        }
    }

    private static int? Refusal(string[] arguments, ICommunicator ranks, TextWriter errors)
    {
        if (arguments is not [var verb, ..] || verb.StartsWith('-') || verb.StartsWith('[') || Together.Contains(verb)) return null;
        errors.WriteLine($"error: '{verb}' was started as {ranks.Size} processes, but only {string.Join(" and ", Together)} can be done by several together; start it without mpirun.");
        return ExitCodes.WrongUsage;
    }
}
