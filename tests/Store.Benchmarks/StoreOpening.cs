using System.Diagnostics;
using System.Globalization;
using UniM2Rec.Features;

namespace UniM2Rec.Benchmarks;

/// <summary>What a process pays until it has a store's first row and has found its first item.</summary>
internal static class StoreOpening
{
    public static int Print(string folder)
    {
        long start = Stopwatch.GetTimestamp();
        using var store = FeatureStore.Open(folder);
        var opened = Stopwatch.GetElapsedTime(start);
        var features = store.Modality("text");
        features.ReadRow(store.ItemCount / 2, new float[features.Width]);
        var read = Stopwatch.GetElapsedTime(start);
        store.FindRow("d", store.GetItemId(store.ItemCount / 3));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{opened.TotalMilliseconds:F1} {read.TotalMilliseconds:F1} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1}"));
        return 0;
    }

    /// <summary>Middle milliseconds of several processes: opened, first row read, first item found.</summary>
    public static double[] Measure(string folder, int rounds)
    {
        double[][] times = Enumerable.Range(0, rounds).Select(_ => Peer.Numbers(Environment.ProcessPath!, "--open", folder)).ToArray();
        return [.. Enumerable.Range(0, 3).Select(i => times.Select(t => t[i]).Order().ElementAt(rounds / 2))];
    }
}
