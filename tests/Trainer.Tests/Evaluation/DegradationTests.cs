using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Tests.Evaluation;

public class DegradationTests : IDisposable
{
    private readonly TinyMarket _market = new();
    private readonly FeatureStore _store;
    private readonly ItemFeatures _features;

    public DegradationTests()
    {
        _store = FeatureStore.Open(_market.Features);
        _features = new ItemFeatures(_store, ["text", "image"], [.. Enumerable.Range(0, _store.ItemCount)], CPU);
    }

    public void Dispose()
    {
        _features.Dispose();
        _store.Dispose();
        _market.Dispose();
    }

    [Fact]
    public void A_removed_modality_is_absent_for_the_chosen_items_and_all_else_is_as_it_was()
    {
        using var scope = NewDisposeScope();
        var degraded = new DegradedFeatures(_features, _store, Remove(0.5, "text"));
        int[] rows = Enumerable.Range(0, _store.ItemCount).Reverse().ToArray();
        var (before, after) = (_features.Gather(rows), degraded.Gather(rows));

        Assert.Equal(_store.ItemCount / 2, degraded.Rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            bool chosen = degraded.Rows.Contains(rows[i]);
            Assert.Equal(chosen ? 0 : 1, after.Present[i][0].item<float>());
            Assert.Equal(chosen ? new float[16] : Row(before, 0, i), Row(after, 0, i));
            Assert.Equal(before.Present[i][1].item<float>(), after.Present[i][1].item<float>());
            Assert.Equal(Row(before, 1, i), Row(after, 1, i));
        }
    }

    [Fact]
    public void Noise_has_the_scale_that_is_asked_for_and_depends_on_the_item_alone()
    {
        using var scope = NewDisposeScope();
        var degradation = new Degradation([], ["image"], NoiseScale: 0.5, Share: 1, Seed: 3);
        var degraded = new DegradedFeatures(_features, _store, degradation);
        int[] rows = Enumerable.Range(0, _store.ItemCount).ToArray();
        var (before, after) = (_features.Gather(rows), degraded.Gather(rows));
        int[] held = rows.Where(r => _store.Modality("image").IsPresent(r)).ToArray();
        Assert.NotEmpty(rows.Except(held));
        foreach (int missing in rows.Except(held)) Assert.Equal(new float[16], Row(after, 1, missing));

        double deviation = Math.Sqrt(Enumerable.Range(0, 16).Average(d =>
        {
            double mean = held.Average(r => Row(before, 1, r)[d]);
            return held.Average(r => Math.Pow(Row(before, 1, r)[d] - mean, 2));
        }));
        double added = Math.Sqrt(held.Average(r => Row(before, 1, r).Zip(Row(after, 1, r), (a, b) => (double)(b - a) * (b - a)).Average()));
        Assert.Equal(0.5 * deviation, added, 0.05 * deviation);

        int[] two = [held[5], held[2]];
        var again = new DegradedFeatures(_features, _store, degradation).Gather(two);
        Assert.Equal(Row(after, 1, held[5]), Row(again, 1, 0));
        Assert.Equal(Row(after, 1, held[2]), Row(again, 1, 1));
        Assert.NotEqual(Row(after, 1, held[5]), Row(new DegradedFeatures(_features, _store, degradation with { Seed = 4 }).Gather(two), 1, 0));
    }

    [Fact]
    public void The_items_of_a_smaller_share_are_among_those_of_a_larger_one()
    {
        var (few, many) = (Remove(0.2, "text").Choose(100), Remove(0.6, "text").Choose(100));
        Assert.Equal((20, 60), (few.Length, many.Length));
        Assert.Subset(many.ToHashSet(), few.ToHashSet());
        Assert.Equal(few, Remove(0.2, "image").Choose(100));
        Assert.NotEqual(few, (Remove(0.2, "text") with { Seed = 2 }).Choose(100));
    }

    [Theory]
    [InlineData("audio", 1, 1, "'audio'", "text, image")]
    [InlineData("text", 1.5, 1, "1.5", "between 0")]
    [InlineData("text", -0.1, 1, "-0.1", "between 0")]
    [InlineData("text", 1, 0, "--noise-scale is 0", "above 0")]
    public void What_is_not_possible_is_refused_in_one_sentence(string modality, double share, double scale, string found, string expected)
    {
        var error = Assert.Throws<UserErrorException>(() => new Degradation([modality], ["image"], scale, share, 1).RequirePossible(["text", "image"]));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_modality_that_is_removed_and_noised_and_a_model_without_any_are_refused()
    {
        Assert.Contains("both", Assert.Throws<UserErrorException>(() => new Degradation(["text"], ["text"], 1, 1, 1).RequirePossible(["text"])).Message, StringComparison.Ordinal);
        Assert.Contains("no modality", Assert.Throws<UserErrorException>(() => Remove(1, "text").RequirePossible([])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_of_several_commands_are_collected_while_the_undegraded_ones_stay_the_same()
    {
        var first = Report(0.5, Remove(0.5, "text"), 0.25);
        var second = Report(0.5, Remove(0.5, "image"), 0.4);
        var again = Report(0.5, Remove(0.5, "text"), 0.3);
        string path = _market.Run("robustness.json");
        second.With(first).Save(path);
        var collected = again.With(RobustnessReport.Load(path));

        Assert.Equal(["image removed", "text removed"], collected.Degraded.Select(d => d.Degradation.Kind()));
        Assert.Equal([0.4, 0.3], collected.Degraded.Select(d => d.Metrics["ndcg@10"]));
        Assert.Equal([20.0, 40.0], collected.Degraded.Select(d => Math.Round(d.LossPercent["ndcg@10"], 9)));
        Assert.Single(Report(0.6, Remove(0.5, "image"), 0.4).With(collected).Degraded);
    }

    private static Degradation Remove(double share, params string[] modalities) => new(modalities, [], NoiseScale: 1, share, Seed: 1);

    private static RobustnessReport Report(double whole, Degradation degradation, double figure)
    {
        var metrics = new Dictionary<string, double> { ["ndcg@10"] = whole };
        return new("test", false, 10, 20, metrics, [DegradedFigures.Of(degradation, 10, new Dictionary<string, double> { ["ndcg@10"] = figure }, metrics)]);
    }

    private static float[] Row(ItemBatch batch, int modality, int item) => batch.Features[modality][item].data<float>().ToArray();
}
