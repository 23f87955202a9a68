using Serilog;
using UniM2Rec.SafeTensors;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Tests.Testing;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Collaborative;

/// <summary>EASE's matrix is computed once, and what is kept of it is never taken for what it is not.</summary>
public sealed class EaseCacheTests : IDisposable
{
    private const int Items = 12;
    private const double Ridge = 2;
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_computes_it_once_and_its_figures_are_the_same_with_what_was_kept_and_without()
    {
        using var small = new SmallRun();
        var config = small.Config(epochs: 1) with { Collaborative = new CollaborativeConfig { SeenBias = true, Ease = true, EaseRidge = Ridge } };
        var run = small.Train("run", config);
        Assert.True(File.Exists(run.Ease));
        string[] kept = Evaluated(out int fitted);
        Assert.Equal(0, fitted);

        File.Delete(run.Ease);
        Assert.Equal(kept, Evaluated(out fitted));
        Assert.Equal(1, fitted);
        Assert.True(File.Exists(run.Ease));
        Assert.Equal(kept, Evaluated(out fitted));
        Assert.Equal(0, fitted);

        // A run that goes on, too.
        small.Resume("run", config);
        Assert.DoesNotContain(small.Said, line => line.Contains("EASE", StringComparison.Ordinal));

        string[] Evaluated(out int times)
        {
            var titles = new Titles();
            using var session = Session.Open(run, small.Context() with { Progress = titles });
            var evaluation = session.Evaluate("test");
            times = titles.Begun.Count(title => title == "Fitting the regression");
            return [.. evaluation.Ranks.Select(rank => rank.ToString()), .. evaluation.Report.Metrics.Select(metric => $"{metric}")];
        }
    }

    [Fact]
    public void Other_events_or_another_ridge_are_another_matrix()
    {
        float[] first = Fit(1, Ridge), second = Fit(2, Ridge), wider = Fit(1, 3 * Ridge);
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, wider);
        var cache = Cache();

        Assert.Equal(first, Fit(1, Ridge, cache));
        Assert.Equal(second, Fit(2, Ridge, cache));
        Assert.Equal(wider, Fit(1, 3 * Ridge, cache));
        Assert.Equal(first, Fit(1, Ridge, cache));
        Assert.Empty(_said);
    }

    [Fact]
    public void What_is_damaged_or_somebody_elses_is_warned_of_and_made_again()
    {
        float[] right = Fit(1, Ridge, Cache());
        byte[] sound = File.ReadAllBytes(_folder["ease.safetensors"]);
        var random = new Random(3);
        for (int fault = 0; fault < 200; fault++)
        {
            byte[] damaged = fault % 4 == 0 ? sound[..random.Next(sound.Length)] : [.. sound];
            if (fault % 4 != 0) damaged[fault % 2 == 0 ? random.Next(sound.Length) : random.Next(300)] ^= (byte)(1 << random.Next(8));
            Try(damaged);
        }

        SafeTensorsWriter.Save(_folder["other.safetensors"], [SafeTensor.From<float>("inverse", [1], [1])], new Dictionary<string, string>());
        Try(File.ReadAllBytes(_folder["other.safetensors"]));

        void Try(byte[] content)
        {
            File.WriteAllBytes(_folder["ease.safetensors"], content);
            _said.Clear();
            Assert.Equal(right, Fit(1, Ridge, Cache()));
            Assert.Contains("ease.safetensors", Assert.Single(_said), StringComparison.Ordinal);
            Assert.Equal(sound, File.ReadAllBytes(_folder["ease.safetensors"]));
        }
    }

    [Fact]
    public void Where_it_can_not_be_kept_it_is_said_and_computed()
    {
        float[] right = Fit(1, Ridge);
        for (int point = 0; point < 4; point++)
        {
            _said.Clear();
            Assert.Equal(right, Fit(1, Ridge, Cache(new FaultyStorage(point))));
            Assert.Contains("No space left on device", Assert.Single(_said), StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp"));
            File.Delete(_folder["ease.safetensors"]);
        }
    }

    [Fact]
    public void Many_that_read_and_write_it_at_a_time_each_get_their_own()
    {
        float[][] right = [Fit(1, Ridge), Fit(2, Ridge)];
        Parallel.For(0, 64, i => Assert.Equal(right[i % 2], Fit(1 + (i % 2), Ridge, Cache())));
        Assert.Empty(_said);
    }

    private EaseCache Cache(IStorage? storage = null) => new(_folder["ease.safetensors"], storage ?? FaultyStorage.Sound);

    /// <summary>Effects of each item on each, of a log of its own.</summary>
    private float[] Fit(int seed, double ridge, EaseCache? cache = null)
    {
        using var log = new LoggerConfiguration().WriteTo.Sink(new LogLines(_said)).CreateLogger();
        var users = UserItems.Of(HeldOutSplit.LeaveOneOut(Logs.Random(users: 20, items: Items, longest: 9, seed), [true, true]).Training);
        var ease = Ease.Fit(users, [.. Enumerable.Range(0, Items)], ridge, decay: 0.8, limit: 100, WorkContext.Silent with { Log = log }, cache);
        float[] weights = new float[ease.Size * ease.Size];
        for (int i = 0; i < ease.Size; i++) ease.WeightsOf(i, weights.AsSpan(i * ease.Size, ease.Size));
        return weights;
    }

    private sealed class Titles : IProgressSink
    {
        public List<string> Begun { get; } = [];

        public IProgressTask Start(string title, long? total, string unit)
        {
            lock (Begun) Begun.Add(title);
            return Progress.None.Start(title, total, unit);
        }
    }
}
