using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Collaborative;

/// <summary>What candidates have in common with a history by their features.</summary>
public class ContentProfilesTests
{
    private const double Decay = 0.6;

    [Fact]
    public void Vectors_are_the_modalities_at_equal_length_side_by_side()
    {
        using var scope = NewDisposeScope();
        float[] both = Row(Vectors([3, 4], [0, 2, 0], present: [1, 1]));
        Assert.Equal([.6 / Math.Sqrt(2), .8 / Math.Sqrt(2), 0, 1 / Math.Sqrt(2), 0], both.Select(x => (double)x), new Within(1e-6));
        Assert.Equal([.6, .8, 0, 0, 0], Row(Vectors([3, 4], [0, 2, 0], present: [1, 0])).Select(x => (double)x), new Within(1e-6));
        Assert.Equal([0f, 0, 0, 0, 0], Row(Vectors([0, 0], [0, 0, 0], present: [0, 0])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Decay)]
    [InlineData(1)]
    public void A_profile_is_the_sum_over_the_newest_events(double decay)
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        float[][] vectors = [.. Enumerable.Range(0, 9).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        int[][] histories = [[3], [], [1, 8, 8, 0, 2], [5, -1, 6], [.. Enumerable.Range(0, 80).Select(_ => random.Next(9))]];

        var profiles = ContentProfiles.Of(tensor(vectors.SelectMany(v => v).ToArray()).view(9, 4), histories, decay);

        for (int h = 0; h < histories.Length; h++)
        {
            double[] expected = new double[4];
            for (int age = 0; age < Math.Min(histories[h].Length, ContentProfiles.ReachOf(decay)); age++)
            {
                if (histories[h][^(age + 1)] is >= 0 and var item) expected = [.. expected.Select((x, i) => x + (Math.Pow(decay, age) * vectors[item][i]))];
            }

            Assert.Equal(expected, Row(profiles.select(0, h)).Select(x => (double)x), new Within(1e-5));
        }

        Assert.Equal(decay == 0 ? 1 : decay == 1 ? 50 : 14, ContentProfiles.ReachOf(decay)); // .6^14 is below a thousandth
    }

    /// <summary>The logits of a trained run, a user and a candidate at a time; some users' histories have lost their texts.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ranking_adds_it_for_histories_as_they_are_and_as_they_are_degraded(bool isDegraded)
    {
        using var market = new TinyMarket();
        using var session = Session.Create(Config(market, "unim2rec"), RunFolder.Create(market.Run("run"), resume: false, overwrite: false), WorkContext.Silent);
        session.Train();
        var degradation = new Degradation(["text"], [], NoiseScale: 1, Share: isDegraded ? 0.5 : 0, Seed: 3, Histories: true);

        var report = session.MeasureRobustness("test", [degradation]);

        Assert.Equal(Plain(session, degradation), report.Degraded[0].Metrics["ndcg@10"], 1e-6);
        Assert.Equal(isDegraded, report.Metrics["ndcg@10"] != report.Degraded[0].Metrics["ndcg@10"]);
    }

    [Fact]
    public void A_model_that_reads_no_features_is_refused()
    {
        using var market = new TinyMarket();
        var config = Config(market, "sasrec") with { Model = new() { Kind = "sasrec", Ids = true } };
        var refused = Assert.Throws<UserErrorException>(() => Session.Create(config, RunFolder.Create(market.Run("run"), resume: false, overwrite: false), WorkContext.Silent));
        Assert.Contains("collaborative.content is true, but the model sasrec reads no modality", refused.Message);
    }

    private static double Plain(Session session, Degradation degradation)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var data = session.Data;
        var users = degradation.Choose(data.Log.UserCount).ToHashSet();
        var number = session.Model.ScoreCombination!.named_parameters().ToDictionary(p => p.name, p => (double)p.parameter.item<float>());
        var all = session.Features.Gather(data.Candidates);
        var candidates = session.Model.EncodeItems(all);
        double[][] contents = Units(all);
        double sum = 0;
        var examples = new ExamplePlanner(data.HeldOutLog, data.IsTarget, session.Config.Data.MaxLength, ExampleForm.Prefix).HeldOut(data.Split.Test);
        foreach (var example in examples)
        {
            bool isConcerned = users.Contains(example.User);
            var state = session.Model.EncodeSequences(
                session.Model.EncodeItems(Degraded(session.Features.Gather(example.Items.ToArray()), isConcerned)),
                SequencePacker.Pack([Enumerable.Range(0, example.Length).ToArray()], session.Model.Causal, CPU));
            float[] scores = session.Model.Score(state, candidates).view(-1).data<float>().ToArray();
            int[] whole = example.Log.Items(example.Log.FirstEvent(example.User), example.End).ToArray();
            double[][] history = Units(Degraded(session.Features.Gather(whole), isConcerned));
            double[] logits = [.. scores.Select((score, c) =>
            {
                double strength = Enumerable.Range(0, whole.Length).Sum(e => Math.Pow(Decay, whole.Length - 1 - e) * Cosine(history[e], contents[c]));
                return (number["score_weight"] * score) + (number["content_weight"] * Math.Log(1 + (Math.Exp(number["content_sharpness"]) * Math.Max(0, strength))));
            })];
            double own = logits[Array.IndexOf(data.Candidates, example.LastTargetItem)];
            int above = logits.Count(l => l > own + 1e-6);
            if (above < 10) sum += 1 / Math.Log2(above + 2);
        }

        return sum / examples.Count;
    }

    private static ItemBatch Degraded(ItemBatch items, bool isConcerned) =>
        isConcerned ? items with { Features = [items.Features[0] * 0, items.Features[1]], Present = items.Present * tensor(new float[] { 0, 1 }) } : items;

    /// <summary>By item: the unit vectors of the modalities that it has, side by side; 0 in place of the others.</summary>
    private static double[][] Units(ItemBatch items)
    {
        return [.. Enumerable.Range(0, (int)items.Count).Select(row => Enumerable.Range(0, items.Features.Count).SelectMany(modality => Unit(row, modality)).ToArray())];

        IEnumerable<double> Unit(int row, int modality)
        {
            float[] vector = Row(items.Features[modality].select(0, row));
            double length = Math.Sqrt(vector.Sum(x => (double)x * x));
            bool isThere = length > 0 && items.Present[row, modality].item<float>() > 0;
            return vector.Select(x => isThere ? x / length : 0);
        }
    }

    private static double Cosine(double[] first, double[] second)
    {
        double dot = 0, ofFirst = 0, ofSecond = 0;
        for (int i = 0; i < first.Length; i++)
        {
            dot += first[i] * second[i];
            ofFirst += first[i] * first[i];
            ofSecond += second[i] * second[i];
        }

        return ofFirst == 0 || ofSecond == 0 ? 0 : dot / Math.Sqrt(ofFirst * ofSecond);
    }

    private static Tensor Vectors(float[] first, float[] second, float[] present) => ContentProfiles.Vectors(new ItemBatch(
        zeros(1, dtype: ScalarType.Int64), zeros(1, dtype: ScalarType.Int64), [tensor(first).unsqueeze(0), tensor(second).unsqueeze(0)], tensor(present).unsqueeze(0)));

    private static float[] Row(Tensor vector) => vector.view(-1).data<float>().ToArray();

    private static RunConfig Config(TinyMarket market, string kind) => new()
    {
        Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["books"], Modalities = kind == "sasrec" ? [] : ["text", "image"], MaxLength = 12 },
        Model = new() { Kind = kind, Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Experts = 1, Dropout = 0 },
        Collaborative = new() { Content = true, ContentDecay = Decay },
        Training = new() { Epochs = 2, BatchTargets = 64, Device = "cpu", LearningRate = 5e-3, Threads = 1 },
    };

    private sealed class Within(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double obj) => 0;
    }
}
