using Serilog;

namespace UniM2Rec.Trainer.Commands;

/// <summary>What a verb works with.</summary>
/// <param name="Log">Console and, where the verb has a run folder, its log file.</param>
/// <param name="Progress">Bars on a terminal, plain lines elsewhere.</param>
/// <param name="Cancellation">Requested by Ctrl-C.</param>
public sealed record CommandContext(ILogger Log, IProgressSink Progress, CancellationToken Cancellation);
