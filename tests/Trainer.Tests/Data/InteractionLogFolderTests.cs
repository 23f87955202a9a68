using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Tests.Testing;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using Progress = UniM2Rec.Diagnostics.Progress;

namespace UniM2Rec.Tests.Data;

public sealed class InteractionLogFolderTests : IDisposable
{
    private const long Memory = 1000; // some 40 events, so that most logs are merged from runs
    private const int Items = 12;
    private readonly Shop _shop = new();

    private string Folder => _shop["log"];

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_kept_log_is_the_one_in_memory(int seed)
    {
        var random = new Random(seed);
        Write([.. Enumerable.Range(0, random.Next(1, 900)).Select(_ => (
            random.Next(3) == 0 ? "everyone's ü 界" : $"u{random.Next(40)}", $"t{random.Next(Items)}", random.Next(10) == 0 ? int.MaxValue - random.Next(3) : random.Next(20)))]);
        using var store = FeatureStore.Open(_shop.Features);

        var expected = Read(store, kept: false);
        var (built, again) = (Read(store, kept: true), Read(store, kept: true));

        Assert.Equal(expected, built);
        Assert.Equal(expected, again);
    }

    [Fact]
    public void Marks_of_a_given_split_are_kept()
    {
        _shop.Write(Shop.Items(Items), Shop.Events(Items));
        string path = CatalogueLayout.Interactions(_shop.Dataset, Shop.Domain);
        string[] lines = File.ReadAllLines(path);
        int split = Array.IndexOf(lines[0].Split(','), "split");
        string[] marks = ["train", "valid", "test", ""];
        File.WriteAllLines(path, split >= 0 ? lines.Select((line, i) => i == 0 ? line : Marked(line, split, marks[i % 4])) : lines.Select((line, i) => $"{line},{(i == 0 ? "split" : marks[i % 4])}"));
        using var store = FeatureStore.Open(_shop.Features);
        using var log = Open(store);
        Assert.Equal(Read(store, kept: false), Told(log.Log));
        Assert.Contains(SplitPart.Test, Enumerable.Range(0, log.Log.EventCount).Select(log.Log.SplitOf));

        static string Marked(string line, int column, string mark)
        {
            string[] fields = line.Split(',');
            fields[column] = mark;
            return string.Join(',', fields);
        }
    }

    [Fact]
    public void It_is_built_again_once_the_interactions_or_the_items_have_changed_and_not_before()
    {
        _shop.Write(Shop.Items(Items), Shop.Events(Items));
        Build();
        var first = File.GetLastWriteTimeUtc(Path.Combine(Folder, LogLayout.Times));
        Build();
        Assert.Equal(first, File.GetLastWriteTimeUtc(Path.Combine(Folder, LogLayout.Times)));

        File.AppendAllText(CatalogueLayout.Interactions(_shop.Dataset, Shop.Domain), File.ReadAllLines(CatalogueLayout.Interactions(_shop.Dataset, Shop.Domain))[^1] + "\n");
        Assert.Equal(181, Build());
        _shop.Write([.. Shop.Items(Items).Reverse()], Shop.Events(Items));
        using var store = FeatureStore.Open(_shop.Features);
        Assert.Equal(Read(store, kept: false), Read(store, kept: true));
    }

    [Fact]
    public void Rejected_rows_are_told_again_with_their_lines_but_not_those_of_items_that_are_gone()
    {
        _shop.Write(Shop.Items(Items), [.. Shop.Events(Items), ("u1", "gone", 3), ("u2", "never", 4)]);
        File.AppendAllText(CatalogueLayout.Interactions(_shop.Dataset, Shop.Domain), "u1,t1,no time\n");
        using var store = FeatureStore.Open(_shop.Features);
        var told = new List<(long Accepted, long Rejected, string List)>();
        for (int i = 0; i < 3; i++)
        {
            string list = _shop[$"rejects{i}.csv"];
            using (var rejects = new RejectLog(list, maxRate: 0.5))
            {
                if (i == 2) InteractionLogReader.Read(Source(store, IsGone), rejects, Memory, Quiet);
                else InteractionLogFolder.Open(Folder, Source(store, IsGone), rejects, Memory, Quiet).Dispose();
                told.Add((rejects.Accepted, rejects.Rejected, ""));
            }

            told[i] = told[i] with { List = File.ReadAllText(list) };
        }

        Assert.Equal((181, 2), (told[2].Accepted, told[2].Rejected));
        Assert.All(told, t => Assert.Equal(told[2], t));

        static bool IsGone(string domain, string item) => item == "gone";
    }

    [Fact]
    public void Whatever_is_damaged_is_refused_in_a_sentence_and_its_advice_works()
    {
        _shop.Write(Shop.Items(Items), Shop.Events(Items));
        Build();
        var whole = Directory.GetFiles(Folder).ToDictionary(path => path, File.ReadAllBytes);
        var random = new Random(5);
        foreach (var (path, bytes) in whole)
        {
            byte[] flipped = [.. bytes];
            flipped[random.Next(bytes.Length)] ^= 4;
            foreach (byte[]? damage in new[] { flipped, bytes[..^1], bytes[..(bytes.Length / 2)], [.. bytes, 0], [], null })
            {
                if (damage is null) File.Delete(path);
                else File.WriteAllBytes(path, damage);
                var error = Assert.Throws<UserErrorException>(() => Build());
                Assert.True(error.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal), error.Message);
                File.WriteAllBytes(path, bytes);
            }
        }

        Assert.Equal(180, Build());
        File.WriteAllBytes(Path.Combine(Folder, LogLayout.Items), []);
        Assert.EndsWith("builds it again from the catalogue.", Assert.Throws<UserErrorException>(() => Build()).Message, StringComparison.Ordinal);
        Directory.Delete(Folder, recursive: true);
        Assert.Equal(180, Build());
    }

    [Fact]
    public void A_folder_of_something_else_is_left_alone()
    {
        _shop.Write(Shop.Items(Items), Shop.Events(Items));
        var error = Assert.Throws<UserErrorException>(() => InteractionLogFolder.Open(_shop.Dataset, Source(null), new RejectLog(null), Memory, Quiet));
        Assert.Contains("name another folder by data.log", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_shop.Dataset, CatalogueLayout.DatasetFile)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kill_or_a_full_disk_while_it_is_built_loses_nothing_and_leaves_nothing(bool isKill)
    {
        _shop.Write(Shop.Items(Items), Shop.Events(Items));
        Build();
        byte[] before = File.ReadAllBytes(Path.Combine(Folder, LogLayout.Times));
        File.AppendAllText(CatalogueLayout.Interactions(_shop.Dataset, Shop.Domain), "u1,t1,999\n");
        using var store = FeatureStore.Open(_shop.Features);
        for (int fault = 0; ; fault++)
        {
            var storage = new FaultyStorage(fault, isKill);
            try
            {
                using var rejects = new RejectLog(null);
                InteractionLogFolder.Open(Folder, Source(store), rejects, Memory, Quiet, storage).Dispose();
                Assert.True(fault > 10, $"{fault} operations");
                break;
            }
            catch (Exception error) when (error is UserErrorException or FaultyStorage.Killed)
            {
                Assert.True(isKill || error.Message.Contains("make room there", StringComparison.Ordinal), error.Message);
                Assert.Equal(before, File.ReadAllBytes(Path.Combine(Folder, LogLayout.Times)));
                Assert.Empty(Directory.GetDirectories(Path.GetDirectoryName(Folder)!, "*.tmp"));
            }
        }

        Assert.Equal(181, Build());
    }

    [Fact]
    public void Training_gives_the_same_weights_with_a_kept_log_and_with_features_read_by_row()
    {
        using var runs = new SmallRun();
        var config = runs.Config();
        var plain = runs.Train("plain", config);
        var kept = runs.Train("kept", config with { Data = config.Data with { Log = Folder, SortMemory = 1, FeatureMemory = 0 } });
        Assert.True(File.Exists(Path.Combine(Folder, LogLayout.Manifest)));
        Assert.Equal(File.ReadAllBytes(plain.Best), File.ReadAllBytes(kept.Best));
    }

    private static (IProgressSink Progress, CancellationToken Cancellation) Quiet => (Progress.None, CancellationToken.None);

    private InteractionSource Source(FeatureStore? store, Func<string, string, bool>? isGone = null) =>
        new(UniM2Rec.Catalogue.Dataset.Open(_shop.Dataset), store!, [Shop.Domain], SameTime.FileOrder, isGone);

    private void Write((string User, string Item, int Time)[] events) => _shop.Write(Shop.Items(Items), events);

    private InteractionLogFolder Open(FeatureStore store)
    {
        using var rejects = new RejectLog(null);
        return InteractionLogFolder.Open(Folder, Source(store), rejects, Memory, Quiet);
    }

    /// <summary>Opens the log, building it where need be.</summary>
    /// <returns>Its events.</returns>
    private int Build()
    {
        using var store = FeatureStore.Open(_shop.Features);
        using var log = Open(store);
        return log.Log.EventCount;
    }

    private List<string> Read(FeatureStore store, bool kept)
    {
        if (kept)
        {
            using var log = Open(store);
            return Told(log.Log);
        }

        using var rejects = new RejectLog(null);
        return Told(InteractionLogReader.Read(Source(store), rejects, long.MaxValue, Quiet));
    }

    private static List<string> Told(InteractionLog log) =>
        [.. Enumerable.Range(0, log.UserCount).SelectMany(user => Enumerable.Range(log.FirstEvent(user), log.EndEvent(user) - log.FirstEvent(user)).Select(e =>
            FormattableString.Invariant($"{log.UserIds[user]} {e} {log.ItemOf(e)} {log.TimeOf(e):R} {log.DomainOf(e)} {log.SplitOf(e)}")))];
}
