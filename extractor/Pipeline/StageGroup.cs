using System.Runtime.ExceptionServices;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Runs stages side by side; the first that fails stops the others.</summary>
internal static class StageGroup
{
    /// <summary>Completes when all stages have.</summary>
    /// <exception cref="OperationCanceledException">Cancelled from outside.</exception>
    public static async Task Run(CancellationToken cancellation, params Func<CancellationToken, Task>[] stages)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? first = null;
        var running = stages.Select(stage => Task.Run(async () =>
        {
            try
            {
                await stage(stop.Token);
            }
            catch (Exception failure)
            {
                // What follows the first failure are the cancellations that it causes.
                Interlocked.CompareExchange(ref first, failure, null);
                await stop.CancelAsync();
            }
        }, CancellationToken.None)).ToArray();
        await Task.WhenAll(running);
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }
}
