using System.Diagnostics;
using System.Globalization;
using System.Text;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Benchmarks;

/// <summary>What it costs a store to take in new items, whatever else it holds: everything but reading items.csv and encoding.</summary>
internal static class StoreGrowing
{
    public static int Run(int rows, int width, int added)
    {
        foreach (int size in new[] { rows / 100, rows / 10, rows }.Where(size => size > 0))
        {
            using var folder = new TemporaryFolder();
            Extract(folder["store"], size, width);
            long bytes = Directory.GetFiles(folder["store"]).Sum(file => new FileInfo(file).Length);
            var times = Extract(folder["store"], size + added, width);
            long grown = Directory.GetFiles(folder["store"]).Sum(file => new FileInfo(file).Length);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{added:N0} items on {size:N0}: item table {times.Table:N0} ms, finding what is new {times.Finding:N0} ms, writing {times.Writing:N0} ms; {(grown - bytes) >> 10:N0} KiB written of {grown >> 10:N0}"));
        }

        return 0;
    }

    private static (double Table, double Finding, double Writing) Extract(string folder, int rows, int width)
    {
        long start = Stopwatch.GetTimestamp();
        using var builder = new ItemTableBuilder();
        builder.BeginDomain("d");
        for (int row = 0; row < rows; row++)
            builder.Add($"item-{row}");
        using var items = builder.Build("benchmark", rows.ToString(CultureInfo.InvariantCulture));
        double table = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        using var store = FeatureStoreWriter.Open(folder, items, new FeatureStoreOptions { Grows = true });
        var writer = store.StartModality(new ModalitySpecification("text", width, FeatureType.Float16, "numbers", "0"), new Titles());
        double finding = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        float[] vector = new float[width];
        byte[] content = new byte[RowContent.Bytes];
        foreach (var range in writer.Pending)
        {
            using var shard = writer.NewShard(range);
            for (int position = range.FirstRow; position < range.FirstRow + range.Rows; position++)
            {
                int row = writer.RowAt(position);
                Titles.Content(row, content);
                for (int i = 0; i < width; i++)
                    vector[i] = (row * 31 + i) % 1000 * 0.001f;
                shard.SetContent(position, content);
                shard.Set(position, vector);
            }

            writer.Commit(shard);
        }

        store.Publish();
        return (table, finding, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>A title an item, hashed anew as the extractor does.</summary>
    private sealed class Titles : IRowComparison
    {
        private readonly byte[] _content = new byte[RowContent.Bytes];

        public static void Content(int row, Span<byte> content) => RowContent.Of(Encoding.UTF8.GetBytes($"The title of item {row}, of some length as titles have it"), [], content);

        public bool IsUnchanged(int row, ReadOnlySpan<byte> content)
        {
            Content(row, _content);
            return content.SequenceEqual(_content);
        }
    }
}
