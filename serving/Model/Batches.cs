using System.Threading.Channels;

namespace UniM2Rec.Serving.Model;

/// <summary>
/// Puts what is asked for at the same time into one run, where that is less work than one after the other: while one run is under way, the next ones gather.
/// Nobody waits for others to come.
/// </summary>
/// <typeparam name="TAsked">What is asked with.</typeparam>
/// <typeparam name="TAnswer">What is answered.</typeparam>
/// <param name="run">Answers several at once, in their order; called by one thread at a time.</param>
/// <param name="most">Of a run, at most.</param>
internal sealed class Batches<TAsked, TAnswer>(Func<IReadOnlyList<TAsked>, IReadOnlyList<TAnswer>> run, int most) : IDisposable
{
    private readonly Channel<Question> _asked = Channel.CreateUnbounded<Question>(new UnboundedChannelOptions { SingleReader = true });
    private Task? _work;
    private bool _hasBegun;
    private object? _beginning;
    private long _runs;
    private long _answers;

    /// <summary>Runs so far, and what they answered together.</summary>
    public (long Runs, long Answers) Counts => (Interlocked.Read(ref _runs), Interlocked.Read(ref _answers));

    /// <summary>Asks, and is answered with others.</summary>
    public Task<TAnswer> Ask(TAsked asked)
    {
        LazyInitializer.EnsureInitialized(ref _work, ref _hasBegun, ref _beginning, () => Task.Run(Work)); // once, whoever asks at the same time
        var question = new Question(asked, new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_asked.Writer.TryWrite(question)) throw new ObjectDisposedException(nameof(Batches<TAsked, TAnswer>));
        return question.Answer.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _asked.Writer.TryComplete();
        _work?.Wait();
    }

    private async Task Work()
    {
        var batch = new List<Question>(most);
        while (await _asked.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < most && _asked.Reader.TryRead(out var next)) batch.Add(next);
            Answer(batch);
        }
    }

    private void Answer(List<Question> batch)
    {
        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _answers, batch.Count);
        try
        {
            var answers = run(batch.ConvertAll(q => q.Asked));
            for (int i = 0; i < batch.Count; i++) batch[i].Answer.SetResult(answers[i]);
        }
        catch (Exception failure)
        {
            // Told to those who asked; the next batch is another.
            foreach (var question in batch) question.Answer.TrySetException(failure);
        }
    }

    private sealed record Question(TAsked Asked, TaskCompletionSource<TAnswer> Answer);
}
