using Serilog;

namespace UniM2Rec.Diagnostics;

/// <summary>Where long work reports to, and what stops it.</summary>
/// <param name="Log">Takes what happens.</param>
/// <param name="Progress">Shows how far the work is.</param>
/// <param name="Cancellation">Stops it.</param>
public sealed record WorkContext(ILogger Log, IProgressSink Progress, CancellationToken Cancellation = default)
{
    /// <summary>Reports to nobody.</summary>
    public static WorkContext Silent { get; } = new(Serilog.Core.Logger.None, Diagnostics.Progress.None);
}
