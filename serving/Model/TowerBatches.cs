using System.Threading.Channels;

namespace UniM2Rec.Serving.Model;

/// <summary>
/// Puts histories that are asked for at the same time into one run of the user side: while one run is under way, the next ones gather. Nobody waits for others
/// to come.
/// </summary>
/// <param name="tower">The user side.</param>
/// <param name="most">Histories of a run at most.</param>
internal sealed class TowerBatches(UserTower tower, int most) : IDisposable
{
    private readonly Channel<Asked> _asked = Channel.CreateUnbounded<Asked>(new UnboundedChannelOptions { SingleReader = true });
    private Task? _work;
    private long _runs;
    private long _histories;

    /// <summary>Runs so far, and histories of them all.</summary>
    public (long Runs, long Histories) Counts => (Interlocked.Read(ref _runs), Interlocked.Read(ref _histories));

    /// <summary>The vector of a user.</summary>
    /// <param name="history">Rows of the items, oldest first; not empty.</param>
    public Task<float[]> Encode(int[] history)
    {
        LazyInitializer.EnsureInitialized(ref _work, () => Task.Run(Work));
        var asked = new Asked(history, new TaskCompletionSource<float[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_asked.Writer.TryWrite(asked)) throw new ObjectDisposedException(nameof(TowerBatches));
        return asked.Answer.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _asked.Writer.TryComplete();
        _work?.Wait();
    }

    private async Task Work()
    {
        var batch = new List<Asked>(most);
        while (await _asked.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < most && _asked.Reader.TryRead(out var next)) batch.Add(next);
            Run(batch);
        }
    }

    private void Run(List<Asked> batch)
    {
        try
        {
            float[][] users = tower.Encode(batch.ConvertAll(a => a.History));
            for (int i = 0; i < batch.Count; i++) batch[i].Answer.SetResult(users[i]);
        }
        catch (Exception failure)
        {
            // Told to those who asked; the next batch is another.
            foreach (var asked in batch) asked.Answer.TrySetException(failure);
        }

        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _histories, batch.Count);
    }

    private sealed record Asked(int[] History, TaskCompletionSource<float[]> Answer);
}
