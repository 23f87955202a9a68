using UniM2Rec.Trainer.Distributed;

namespace UniM2Rec.Tests.Distributed;

/// <summary>Threads in the place of processes, each with tensors of its own.</summary>
internal sealed class ThreadRanks(int size) : IDisposable
{
    private readonly Barrier _barrier = new(size);
    private readonly IReadOnlyList<Tensor>[] _posted = new IReadOnlyList<Tensor>[size];

    /// <summary>Runs all, and gives what each returns.</summary>
    public T[] Run<T>(Func<ICommunicator, T> body)
    {
        var results = new T[size];
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = body(new Member(this, rank));
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Empty(failures);
        return results;
    }

    public void Dispose() => _barrier.Dispose();

    private void Meet() => Assert.True(_barrier.SignalAndWait(TimeSpan.FromSeconds(30)), "a thread waits for others that don't come");

    private sealed class Member(ThreadRanks all, int rank) : ICommunicator
    {
        public int Rank => rank;

        public int Size => all._posted.Length;

        public int LocalRank => rank;

        public int Sharing => Size;

        public void Sum(IReadOnlyList<Tensor> tensors)
        {
            using var quiet = no_grad();
            all._posted[rank] = [.. tensors.Select(t => t.detach().clone())];
            all.Meet();
            for (int t = 0; t < tensors.Count; t++) tensors[t].copy_(all._posted.Select(p => p[t]).Aggregate((a, b) => a + b));
            all.Meet();
        }

        public Task BeginSum(IReadOnlyList<Tensor> tensors)
        {
            Sum(tensors);
            return Task.CompletedTask;
        }

        public Tensor Gather(Tensor own, IReadOnlyList<int> rows)
        {
            Assert.Equal(rows[rank], own.shape[0]);
            all._posted[rank] = [own.detach().clone()];
            all.Meet();
            var gathered = cat([.. all._posted.Select(p => p[0])], 0);
            all.Meet();
            return gathered;
        }

        public void Broadcast(IReadOnlyList<Tensor> tensors) => throw new NotSupportedException();

        public string Broadcast(string text) => throw new NotSupportedException();

        public void Wait() => all.Meet();

        public void Abort(int code) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
