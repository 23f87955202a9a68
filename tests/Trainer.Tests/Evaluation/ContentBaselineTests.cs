using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Evaluation;

/// <summary>What is nearest by content is listed beside every run, and a run is compared with a baseline.</summary>
public class ContentBaselineTests
{
    /// <summary>A user, an event and a candidate at a time.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_ranks_by_what_a_candidate_has_in_common_with_the_other_items_of_the_history(bool maskHistory)
    {
        using var market = new TinyMarket();
        var config = new DataConfig { Dataset = market.Dataset, Features = market.Features, Targets = ["music"] };
        using var data = TrainingData.Open(config, null, WorkContext.Silent.Progress, CancellationToken.None);
        var examples = new ExamplePlanner(data.HeldOutLog, data.IsTarget, 50, ExampleForm.Prefix).HeldOut(data.Split.Test);
        using var features = new ItemFeatures(data.Store, data.Store.ModalityNames, data.TrainingRows, CPU);
        using var vectors = ContentProfiles.Vectors(features.Gather([.. Enumerable.Range(0, data.Store.ItemCount)]));
        float[] values = vectors.data<float>().ToArray();
        int width = (int)vectors.shape[1];

        var ranks = new ContentBaseline(data, data.Store.ModalityNames, 0.7, maskHistory).Ranks(examples, CancellationToken.None);

        Assert.True(examples.Count > 10);
        for (int e = 0; e < examples.Count; e++)
        {
            int[] history = examples[e].Log.Items(examples[e].Log.FirstEvent(examples[e].User), examples[e].End).ToArray();
            double own = Score(examples[e].LastTargetItem);
            var others = data.Candidates.Where(c => c != examples[e].LastTargetItem && !(maskHistory && history.Contains(c))).Select(Score).ToList();
            // Sums in another order may swap what is as good as equal.
            int above = others.Count(s => s > own + 1e-5), near = others.Count(s => Math.Abs(s - own) <= 1e-5);
            Assert.InRange(ranks[e].Above, above, above + near);
            Assert.InRange(ranks[e].Above + ranks[e].Tied, above, above + near);

            double Score(int candidate)
            {
                double sum = 0;
                for (int age = 0; age < Math.Min(history.Length, ContentProfiles.ReachOf(0.7)); age++)
                {
                    if (history[^(age + 1)] != candidate) sum += Math.Pow(0.7, age) * Cosine(history[^(age + 1)], candidate);
                }

                return Math.Max(0, sum);
            }
        }

        double Cosine(int a, int b) => Enumerable.Range(0, width).Sum(i => (double)values[(a * width) + i] * values[(b * width) + i]);
    }

    [Fact]
    public void A_run_is_compared_with_a_baseline_by_the_ranks_that_are_kept()
    {
        using var market = new TinyMarket();
        var run = RunFolder.Create(market.Run("run"), resume: false, overwrite: false);
        var config = new RunConfig
        {
            Data = new() { Dataset = market.Dataset, Features = market.Features, Targets = ["music"] },
            Model = new() { Kind = "collaborative" },
            Collaborative = new() { ItemKnn = true },
            Training = new() { Epochs = 1, Device = "cpu" },
        };
        using (var session = Session.Create(config, run, WorkContext.Silent))
        {
            session.Train();
            session.Evaluate("test").Save(run);
        }

        var named = new[] { run.Path, run.Path + ":EASE", run.Path + ":item-knn" }.Select(ComparedRun.Parse).ToList();
        EvaluationFiles Files(ComparedRun n) => n.Run.EvaluationOf("test", masked: false) with { Name = n.Name, Baseline = n.Baseline };
        var runs = ComparableRuns.Open(named.ConvertAll(Files));

        Assert.Equal(["run", "run:ease", "run:item-knn"], SeedVariants.Of(named).Select(v => v.Name));
        Assert.Equal(runs.Reports[0].Metrics["ndcg@10"], runs.Metrics(0)["ndcg@10"], 1e-12);
        Assert.Equal(runs.Reports[0].Baselines["EASE"]["ndcg@10"], runs.Metrics(1)["ndcg@10"], 1e-12);
        Assert.Equal(runs.Values(0, "mrr@10"), runs.Values(2, "mrr@10"));

        string unknown = Assert.Throws<UserErrorException>(() => ComparableRuns.Open([Files(named[0]), Files(ComparedRun.Parse(run.Path + ":sasrec"))])).Message;
        Assert.Contains("no baseline 'sasrec'; name one of popularity, ease, item-knn, transitions, content", unknown, StringComparison.Ordinal);
        // Of another evaluation.
        var files = Files(named[1]);
        BaselineRanks.Save(files.Baselines, new Dictionary<string, Rank[]> { ["EASE"] = [new Rank(0)] }, "other");
        Assert.Contains("are not those that evaluation-test.json beside them was made with; run unim2rec-train evaluate", Assert.Throws<UserErrorException>(() => ComparableRuns.Open([files])).Message, StringComparison.Ordinal);
    }
}
