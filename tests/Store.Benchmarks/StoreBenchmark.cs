using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Benchmarks;

/// <summary>Sequential reading and random gathering in turns with numpy, both into single precision, over the same numbers.</summary>
internal static class StoreBenchmark
{
    private const int Gathered = 4096;
    private const int Chunk = 8192;

    public static int Run(int rows, int width, int rounds, int openRows, string python)
    {
        using var folder = new TemporaryFolder();
        Console.WriteLine("type     reading, rows/s: ours     numpy    ratio    gathering 4,096, rows/s: ours     numpy    ratio");
        foreach (var type in new[] { FeatureType.Float32, FeatureType.Float16 })
            Compare(Make(folder[$"{type}"], rows, width, type), folder[$"{type}.raw"], type, rounds, python);
        foreach (var type in new[] { FeatureType.Float32, FeatureType.Float16 })
            PrintChecking(folder[$"{type}"], type, rounds);
        Make(folder["open"], openRows, 64, FeatureType.Float16).Dispose();
        double[] times = StoreOpening.Measure(folder["open"], rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a fresh process, {openRows:N0} rows: opened {times[0]:F1} ms, first row read {times[1]:F1} ms, first item found {times[2]:F1} ms"));
        return 0;
    }

    public static int RunChecksums(int rows, int width, int rounds)
    {
        using var folder = new TemporaryFolder();
        foreach (var type in new[] { FeatureType.Float32, FeatureType.Float16 })
        {
            Make(folder[$"{type}"], rows, width, type).Dispose();
            PrintChecking(folder[$"{type}"], type, rounds);
        }

        return 0;
    }

    private static void Compare(FeatureStore store, string raw, FeatureType type, int rounds, string python)
    {
        using (store)
        {
            var features = store.Modality("text");
            WriteRaw(features, store.ItemCount, raw);
            string script = Path.Combine(AppContext.BaseDirectory, "numpy_memmap.py");
            float[] buffer = new float[Math.Max(Chunk, Gathered) * features.Width];
            var turns = new List<(double Read, double Gather, double[] Numpy)>();
            for (int round = 0; round <= rounds; round++)
            {
                var ours = (Read(features, store.ItemCount, buffer), Gather(features, store.ItemCount, buffer));
                double[] numpy = Peer.Numbers(python, script, raw, type == FeatureType.Float16 ? "float16" : "float32", $"{features.Width}", $"{Chunk}", $"{Gathered}");
                // The first turn fills caches.
                if (round > 0)
                    turns.Add((ours.Item1, ours.Item2, numpy));
            }

            var read = turns.OrderBy(t => t.Read / t.Numpy[0]).ElementAt(rounds / 2);
            var gather = turns.OrderBy(t => t.Gather / t.Numpy[1]).ElementAt(rounds / 2);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{type,-8} {read.Read,21:N0} {read.Numpy[0],9:N0} {read.Read / read.Numpy[0],8:F2} {gather.Gather,33:N0} {gather.Numpy[1],9:N0} {gather.Gather / gather.Numpy[1],8:F2}"));
        }
    }

    /// <summary>What the checksums cost: all rows of a store that was just opened, against the same rows once more. Files are in the system's cache.</summary>
    private static void PrintChecking(string folder, FeatureType type, int rounds)
    {
        var turns = new List<(double First, double Again)>();
        for (int round = 0; round < rounds; round++)
        {
            using var store = FeatureStore.Open(folder);
            var features = store.Modality("text");
            float[] buffer = new float[Chunk * features.Width];
            turns.Add((Read(features, store.ItemCount, buffer), Read(features, store.ItemCount, buffer)));
        }

        var (first, again) = turns.OrderBy(t => t.First / t.Again).ElementAt(rounds / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{type,-8} in sequence, rows/s: {first:N0} with checksums compared, {again:N0} once they are ({first / again:F2})"));
    }

    private static double Read(ModalityFeatures features, int rows, float[] buffer)
    {
        long start = Stopwatch.GetTimestamp();
        for (int row = 0; row < rows; row += Chunk)
        {
            int count = Math.Min(Chunk, rows - row);
            features.ReadRange(row, count, buffer.AsSpan(0, count * features.Width));
        }

        return rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Gather(ModalityFeatures features, int rows, float[] buffer)
    {
        const int repeats = 20;
        var random = new Random(1);
        int[][] wanted = Enumerable.Range(0, repeats).Select(_ => Enumerable.Range(0, Gathered).Select(_ => random.Next(rows)).ToArray()).ToArray();
        long start = Stopwatch.GetTimestamp();
        foreach (int[]? some in wanted)
            features.Gather(some, buffer.AsSpan(0, Gathered * features.Width));
        return (double)Gathered * repeats / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static FeatureStore Make(string folder, int rows, int width, FeatureType type)
    {
        using var builder = new ItemTableBuilder();
        builder.BeginDomain("d");
        for (int row = 0; row < rows; row++)
            builder.Add($"item-{row}");
        using var items = builder.Build("benchmark", "0");
        using (var store = FeatureStoreWriter.Open(folder, items))
        {
            var writer = store.StartModality(new ModalitySpecification("text", width, type, "numbers", "0"));
            float[] vector = new float[width];
            foreach (var range in writer.Pending)
            {
                using var shard = writer.NewShard(range);
                for (int row = range.FirstRow; row < range.FirstRow + range.Rows; row++)
                {
                    for (int i = 0; i < width; i++)
                        vector[i] = (row * 31 + i) % 1000 * 0.001f;
                    shard.Set(row, vector);
                }

                writer.Commit(shard);
            }
        }

        return FeatureStore.Open(folder);
    }

    /// <summary>All rows in one file without a header, which is what suits numpy best.</summary>
    private static void WriteRaw(ModalityFeatures features, int rows, string path)
    {
        float[] vector = new float[features.Width];
        var halves = new Half[features.Width];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20);
        for (int row = 0; row < rows; row++)
        {
            features.ReadRow(row, vector);
            System.Numerics.Tensors.TensorPrimitives.ConvertToHalf(vector, halves);
            file.Write(features.Type == FeatureType.Float16 ? MemoryMarshal.AsBytes<Half>(halves) : MemoryMarshal.AsBytes<float>(vector));
        }
    }
}
