using System.CommandLine;
using Serilog;
using Serilog.Core;

namespace UniM2Rec.Trainer.Commands;

/// <summary>What every verb has in common: a log, progress, Ctrl-C, and one sentence for an error.</summary>
public static class CommandRunner
{
    /// <summary>Shows debug lines too.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show debug lines too." };

    /// <summary>Makes <paramref name="command"/> run <paramref name="work"/> and turns its errors into exit codes.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="logPath">The log file that goes with the command line, or null for the console alone.</param>
    /// <param name="work">Returns an exit code.</param>
    public static Command Runs(this Command command, Func<ParseResult, string?> logPath, Func<ParseResult, CommandContext, int> work)
    {
        command.Options.Add(Verbose);
        command.SetAction(parsed =>
        {
            using var interruption = Interruption.Listen();
            ILogger? log = null;
            try
            {
                log = ProgramLog.Create(logPath(parsed), parsed.GetValue(Verbose));
                return work(parsed, new CommandContext(log, Progress.ForConsole(), interruption.Token));
            }
            catch (UserErrorException error)
            {
                (log ?? ProgramLog.Create(null, verbose: false)).Error("{Message:l}", error.Message);
                return ExitCodes.Failed;
            }
            catch (OperationCanceledException) when (interruption.Requested)
            {
                log!.Warning("Stopped; what was computed is kept, and the same command with --resume goes on from there.");
                return ExitCodes.Failed;
            }
            finally
            {
                (log as Logger)?.Dispose();
            }
        });
        return command;
    }
}

/// <summary>What a verb works with.</summary>
/// <param name="Log">Console and, where the verb has a run folder, its log file.</param>
/// <param name="Progress">Bars on a terminal, plain lines elsewhere.</param>
/// <param name="Cancellation">Requested by Ctrl-C.</param>
public sealed record CommandContext(ILogger Log, IProgressSink Progress, CancellationToken Cancellation);
