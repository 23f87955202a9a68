using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Tests.Data;

/// <summary><c>data.targetEvents</c>: a few training events of each item of the target domain.</summary>
public sealed class FewShotTests : IDisposable
{
    private readonly TinyMarket _market = new();

    public void Dispose() => _market.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void At_most_so_many_training_events_of_a_target_item_stay_and_nothing_else_changes(int most)
    {
        using TrainingData whole = Open(0), few = Open(most);

        var (before, after) = (Counts(whole), Counts(few));
        Assert.Contains(before, b => b.Key.StartsWith("books", StringComparison.Ordinal) && b.Value > most);
        // Counted from events by their names; other domains keep all that they had.
        foreach (var (item, count) in before)
            Assert.Equal(item.StartsWith("books", StringComparison.Ordinal) ? Math.Min(count, most) : count, after.GetValueOrDefault(item));
        Assert.Equal(whole.Split.Training.EventCount - few.Split.Training.EventCount, few.LeftOutEvents);
        Assert.Equal(whole.Split.Validation, few.Split.Validation);
        Assert.Equal(whole.Split.Test, few.Split.Test);
        Assert.Equal(whole.Log.EventCount, few.Log.EventCount);
        int[] seen = new Popularity(few.Split.Training, few.Candidates, few.Store.ItemCount).Frequency;
        Assert.Equal(most, few.Candidates.Max(row => seen[row]));
    }

    [Fact]
    public void Fewer_are_among_more_and_in_their_order()
    {
        using TrainingData whole = Open(0), four = Open(4), two = Open(2);

        var (all, more, fewer) = (Events(whole), Events(four), Events(two));
        Assert.Subset(all.ToHashSet(), more.ToHashSet());
        Assert.Subset(more.ToHashSet(), fewer.ToHashSet());
        Assert.Equal(all.Where(fewer.ToHashSet().Contains), fewer);
    }

    [Fact]
    public void Which_ones_depends_on_names_and_not_on_what_else_is_in_the_flow_or_where_it_is_kept()
    {
        using TrainingData mixed = Open(2), mapped = TrainingData.Open(Config(2) with { Log = _market.Run("log") }, null, Progress.None, default);

        Assert.Equal(Events(mixed), Events(mapped));
        // Which users come first, and in which row an item stands, makes no difference.
        var log = Logs.Of([[(0, 0, 0), (1, 1, 0)], [(0, 0, 0), (2, 1, 0)], [(0, 0, 0), (0, 1, 0)]]);
        var turned = new InteractionLog(["u2", "u1", "u0"], log.Domains, [0, 2, 4, 6], new EventColumns(new[] { 0, 0, 0, 2, 0, 1 }, new double[] { 0, 1, 0, 1, 0, 1 }, new ushort[6], null));
        string Kept(InteractionLog of) => string.Join(' ', ByUser(FewShot.Of(of, [true], 2, mixed.Store)).Order());
        Assert.Equal(Kept(log), Kept(turned));
    }

    [Fact]
    public void A_number_below_0_is_refused() => Assert.Contains("targetEvents is -1; it must be at least 0 (all)", Config(-1).Problems());

    private DataConfig Config(int most) => new() { Dataset = _market.Dataset, Features = _market.Features, Targets = ["books"], TargetEvents = most };

    private TrainingData Open(int most) => TrainingData.Open(Config(most), null, Progress.None, default);

    private static List<string> Events(TrainingData data)
    {
        var log = data.Split.Training;
        return [.. from user in Enumerable.Range(0, log.UserCount) from e in Enumerable.Range(log.FirstEvent(user), log.EndEvent(user) - log.FirstEvent(user)) select $"{log.UserIds[user]} {log.TimeOf(e)} {data.Store.GetItemId(log.ItemOf(e))}"];
    }

    private static IEnumerable<string> ByUser(InteractionLog log) =>
        from user in Enumerable.Range(0, log.UserCount) from e in Enumerable.Range(log.FirstEvent(user), log.EndEvent(user) - log.FirstEvent(user)) select $"{log.UserIds[user]}:{log.ItemOf(e)}@{log.TimeOf(e)}";

    private static Dictionary<string, int> Counts(TrainingData data)
    {
        var log = data.Split.Training;
        return (from user in Enumerable.Range(0, log.UserCount)
                from e in Enumerable.Range(log.FirstEvent(user), log.EndEvent(user) - log.FirstEvent(user))
                group e by $"{log.Domains[log.DomainOf(e)]} {data.Store.GetItemId(log.ItemOf(e))}").ToDictionary(g => g.Key, g => g.Count());
    }
}
