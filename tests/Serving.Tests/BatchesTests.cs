using UniM2Rec.Serving.Model;

namespace UniM2Rec.Tests;

/// <summary>Questions that come while another is being answered are answered together, each with its own answer.</summary>
public sealed class BatchesTests
{
    private readonly List<int> _sizes = [];

    [Fact]
    public async Task What_gathers_while_a_run_is_under_way_is_one_run()
    {
        using var begun = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        using var batches = new Batches<int, int>(
            asked =>
            {
                begun.Release();
                mayEnd.Wait();
                _sizes.Add(asked.Count);
                return [.. asked.Select(a => a * a)];
            },
            most: 5);
        var first = batches.Ask(2);
        await begun.WaitAsync();
        var others = Enumerable.Range(10, 12).Select(batches.Ask).ToArray();
        mayEnd.Release(10);

        Assert.Equal(4, await first);
        Assert.Equal(Enumerable.Range(10, 12).Select(a => a * a), await Task.WhenAll(others));
        Assert.Equal([1, 5, 5, 2], _sizes);
        Assert.Equal((4, 13), batches.Counts);
    }

    [Fact]
    public async Task A_run_that_fails_is_told_to_those_who_asked_and_the_next_is_another()
    {
        using var batches = new Batches<int, int>(asked => asked[0] < 0 ? throw new InvalidOperationException("broken") : [.. asked], most: 4);
        await Assert.ThrowsAsync<InvalidOperationException>(() => batches.Ask(-1));
        Assert.Equal(7, await batches.Ask(7));
        batches.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = batches.Ask(1); });
    }

    [Fact]
    public async Task Those_who_ask_first_at_the_same_time_begin_one_row_of_runs()
    {
        const int rounds = 300, together = 4;
        for (int round = 0; round < rounds; round++)
        {
            int running = 0, most = 0;
            var batches = new Batches<int, int>(
                asked =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    Thread.SpinWait(200);
                    Interlocked.Decrement(ref running);
                    return [.. asked];
                },
                most: 1);
            using var start = new Barrier(together);
            int[] answers = await Task.WhenAll(Enumerable.Range(0, together).Select(i => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return batches.Ask(i);
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            batches.Dispose(); // throws where a second row of runs waited for the same questions

            Assert.Equal([0, 1, 2, 3], answers);
            Assert.Equal(1, most);
        }
    }
}
