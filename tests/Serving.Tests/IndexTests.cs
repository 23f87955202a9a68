using UniM2Rec.Benchmarks;
using UniM2Rec.Serving.Model;
using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests;

/// <summary>What is found by an index beside what scoring every candidate finds.</summary>
public sealed class IndexTests : IDisposable
{
    private const int Items = 12_000;
    private readonly TinyMarket _market = new();

    public void Dispose() => _market.Dispose();

    private string MadeUp
    {
        get
        {
            string folder = _market.Run("made-up");
            if (Directory.Exists(folder)) return folder;
            var run = new ExportedRun(_market, "run", "unim2rec");
            run.Write();
            Assert.Equal(0, MadeUpExport.Write(run.Export, Items, folder));
            return folder;
        }
    }

    [Theory]
    [InlineData("unim2rec-plus", "collaborative.domainsApart=true")]
    [InlineData("sasrec", "collaborative.ease=true")]
    [InlineData("unim2rec", "model.ids=true")]
    public void What_is_found_is_scored_exactly_with_every_term(string preset, string setting)
    {
        var run = new ExportedRun(_market, "run", preset, setting);
        run.Write();
        using var exact = ServedModel.Open(run.Export);
        using var indexed = ServedModel.Open(run.Export, index: IndexKind.Hnsw);
        Assert.Equal((null, 1f), (exact.Recall, indexed.Recall)); // of so few candidates all are found
        foreach (string user in exact.SomeUsers(1000)) Assert.Equal(ExportedRun.Served(exact, user, 10, includeSeen: false), ExportedRun.Served(indexed, user, 10, includeSeen: false));
    }

    [Fact]
    public async Task Of_many_candidates_most_of_the_best_are_found_by_many_at_a_time()
    {
        using var exact = ServedModel.Open(MadeUp);
        using var indexed = ServedModel.Open(MadeUp, index: IndexKind.Hnsw);
        Assert.InRange(indexed.Recall!.Value, 0.9f, 1f);
        var random = new Random(2);
        int[][] histories = [.. Enumerable.Range(0, 100).Select(h => Enumerable.Range(0, 1 + (h % 8)).Select(_ => random.Next(Items)).ToArray())];
        int same = 0;
        await Parallel.ForEachAsync(histories, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (history, _) =>
        {
            var expected = (await ExportedRun.ServedAsync(exact, history, 10, includeSeen: false)).ToDictionary(b => b.Item, b => b.Score);
            foreach (var (item, score) in await ExportedRun.ServedAsync(indexed, history, 10, includeSeen: false))
            {
                if (!expected.TryGetValue(item, out float known)) continue;
                Assert.Equal(known, score, 1e-5f);
                Interlocked.Increment(ref same);
            }
        });
        Assert.InRange(same, 900, 1000);
    }

    [Fact]
    public async Task A_filter_that_leaves_few_of_those_found_is_answered_by_scoring_all()
    {
        using var exact = ServedModel.Open(MadeUp);
        using var indexed = ServedModel.Open(MadeUp, index: IndexKind.Hnsw);
        static bool IsRare(int candidate) => candidate % 1000 == 7;
        Assert.Equal(await exact.RecommendAsync([1, 2, 3], 10, IsRare), await indexed.RecommendAsync([1, 2, 3], 10, IsRare));
    }

    [Fact]
    public void An_index_is_kept_beside_the_export_and_built_again_where_it_is_damaged_or_of_another_export()
    {
        var said = new List<string>();
        var log = new Serilog.LoggerConfiguration().WriteTo.Sink(new Lines(said)).CreateLogger();
        Assert.True(IsBuilt());
        Assert.False(IsBuilt());
        string kept = MadeUp + ".index/items.hnsw";
        byte[] content = File.ReadAllBytes(kept);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(kept, content);
        Assert.True(IsBuilt());
        File.Delete(kept + ".json");
        Assert.True(IsBuilt());
        File.WriteAllBytes(kept, content[..100]);
        Assert.True(IsBuilt());
        Assert.False(IsBuilt());

        MadeUpExport.Write(_market.Run("run-export"), 600, MadeUp);
        Assert.True(IsBuilt());
        Assert.Empty(Directory.GetFiles(MadeUp + ".index", "*.tmp"));

        bool IsBuilt()
        {
            said.Clear();
            ServedModel.Open(MadeUp, index: IndexKind.Hnsw, log: log).Dispose();
            Assert.Contains(said, line => line.StartsWith("Candidates are found by an index, with a recall@10 of ", StringComparison.Ordinal));
            return said.Any(line => line.StartsWith("Building items.hnsw", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_score_that_is_no_product_has_no_index()
    {
        var run = new ExportedRun(_market, "run", "missrec");
        run.Write();
        Assert.Contains("leave --index hnsw out", Assert.Throws<UserErrorException>(() => ServedModel.Open(run.Export, index: IndexKind.Hnsw)).Message, StringComparison.Ordinal);
        ServedModel.Open(run.Export, index: IndexKind.Auto).Dispose();
    }

    private sealed class Lines(List<string> lines) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) => lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
