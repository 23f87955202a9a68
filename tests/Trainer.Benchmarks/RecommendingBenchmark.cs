using System.Diagnostics;
using System.Globalization;
using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;
using static TorchSharp.torch;

namespace UniM2Rec.Benchmarks;

/// <summary>Users a second of recommending to all of them with the network alone, at full and at the catalogue's own lengths; the machine's matrix rate beside them.</summary>
internal static class RecommendingBenchmark
{
    private const int Top = 10;

    /// <param name="dataset">Folder of a catalogue with one domain.</param>
    /// <param name="features">Folder of its feature store.</param>
    /// <param name="users">Users whose histories are made up.</param>
    public static void Run(string dataset, string features, int users)
    {
        set_num_threads(Environment.ProcessorCount);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"matrix product, float32: {MatrixRate.Measure():F0} GFLOP/s with {get_num_threads()} threads"));
        var config = new RunConfig { Data = new() { Dataset = dataset, Features = features }, Model = new ModelConfig { Kind = "unisrec" }, Training = new() { Device = "cpu" } };
        string folder = Directory.CreateTempSubdirectory("unim2rec-bench-").FullName;
        try
        {
            using var session = Session.Create(config, new RunFolder(folder), WorkContext.Silent);
            int length = session.Config.Data.MaxLength;
            var random = new Random(1);
            string domain = session.Data.Store.Domains[0].Name;
            string[] ids = [.. session.Data.Candidates.Select(session.Data.Store.GetItemId)];
            HistoryEvent[] told = [.. Enumerable.Range(0, users * length).Select(e => new HistoryEvent($"u{e / length}", domain, ids[random.Next(ids.Length)]))];
            for (int round = 0; round < 3; round++)
            {
                Time($"{ids.Length:N0} items, made-up histories of {length} events", take => session.Recommend(new(Top), told, take));
                Time($"{ids.Length:N0} items, the catalogue's own histories", take => session.Recommend(new(Top), users: null, take));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The time from the first user's recommendations to the last one's: without reading, and encoding the items.</summary>
    private static void Time(string what, Action<Action<Recommendation>> recommend)
    {
        long first = 0, users = 0, tile = 0, last = 0;
        using var process = Process.GetCurrentProcess();
        var before = TimeSpan.Zero;
        recommend(_ =>
        {
            long now = Stopwatch.GetTimestamp();
            if (first == 0)
            {
                process.Refresh();
                (first, before) = (now, process.TotalProcessorTime);
            }

            // A tile's users come together: those of the first one were computed before the clock began.
            if (tile == 0 && Stopwatch.GetElapsedTime(first, now).TotalMilliseconds > 20) tile = users;
            (users, last) = (users + 1, now);
        });
        process.Refresh();
        double seconds = Stopwatch.GetElapsedTime(first, last).TotalSeconds, processor = (process.TotalProcessorTime - before).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {(users - tile) / seconds:F0} users/s ({processor / (users - tile) * 1e6:F0} µs of a processor each)"));
    }
}
