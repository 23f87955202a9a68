using System.Globalization;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;
using static TorchSharp.torch;

namespace UniM2Rec.Benchmarks;

/// <summary>
/// Where a run's network and its collaborative scores are good, by how often training saw the target: each alone, and joined, all fitted to
/// the same validation targets of the same trained network; and beside them what is nearest to the history by its features, without learning.
/// </summary>
internal static class CombinationStudy
{
    private static readonly int[] CutOffs = [10, 20];

    /// <summary>How much an event weighs less than the next newer one in the nearest by content, as in EASE.</summary>
    private const double ContentDecay = 0.7;

    public static void Run(string folder)
    {
        var trained = RunFolder.Open(folder);
        var config = JsonConfig.LoadKept<RunConfig>(trained.Config);
        config = config with { Training = config.Training with { Threads = 0 } };
        string scratch = Directory.CreateTempSubdirectory("unim2rec-study-").FullName;
        try
        {
            using var session = Session.Create(config, new RunFolder(scratch), WorkContext.Silent, trained);
            Print(session, config);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Print(Session session, RunConfig config)
    {
        using var scope = NewDisposeScope();
        using var catalogue = session.EncodeCatalogue();
        var data = session.Data;
        var collaborative = CollaborativeScorer.For(data, config.Collaborative, WorkContext.Silent)!;
        var planner = new ExamplePlanner(data.HeldOutLog, data.IsTarget, config.Data.MaxLength, ExampleForm.Prefix);
        var (validation, test) = (planner.HeldOut(data.Split.Validation), planner.HeldOut(data.Split.Test));
        var ranking = new FullRanking(session.Model, catalogue, collaborative) { BatchUsers = StackingFit.TileUsers(data.Candidates.Length) };
        var sample = validation.OrderBy(e => Mixed(e.User)).Take(StackingFit.MostUsers(data.Candidates.Length)).ToList();
        var held = ranking.Unjoined(sample, CancellationToken.None).ToList();

        var c = config.Collaborative;
        var joined = Fitted(new ScoreCombination(c.SeenBias, c.ItemKnn, c.Transitions, c.Ease, c.DomainsApart), held, t => t);
        var alone = Fitted(new ScoreCombination(c.SeenBias, c.ItemKnn, c.Transitions, c.Ease, c.DomainsApart), held, WithoutNetwork);
        if (session.Features.Names.Count > 0) StackingFit.SetUnknownBias(joined, held);
        var biased = Fitted(new ScoreCombination(c.SeenBias, false, false, false), held, t => t);
        var variants = new (string Name, Func<HeldOutScores, Tensor> Logits)[]
        {
            ("network", t => t.Scores),
            ("network, seen bias", t => biased.Join(t.Scores, t.Collaborative)),
            ("collaborative", t => alone.Join(WithoutNetwork(t).Scores, t.Collaborative)),
            ("joined", t => joined.Join(t.Scores, t.Collaborative)),
        };
        foreach (var (name, parameter) in joined.named_parameters()) Console.WriteLine(FormattableString.Invariant($"  {name} {parameter.item<float>():F3}"));

        var ranks = variants.Select(v => v.Name).Append(Content).ToDictionary(name => name, _ => new List<Rank>());
        var features = UnitFeatures(session, catalogue);
        using (no_grad())
        {
            foreach (var tile in test.Chunk(ranking.BatchUsers))
            {
                using var inner = NewDisposeScope();
                var scores = ranking.Unjoined(tile, CancellationToken.None).Single();
                foreach (var (name, logits) in variants) ranks[name].AddRange(RanksOf(logits(scores), scores.Targets));
                if (features is not null) ranks[Content].AddRange(RanksOf(ByContent(features, tile, catalogue, scores.Collaborative.Seen), scores.Targets));
            }
        }

        int[] frequency = new Popularity(data.Split.Training, data.Candidates, data.Store.ItemCount).Frequency;
        foreach (string name in ranks.Keys.Where(n => ranks[n].Count > 0))
        {
            var all = ranks[name].ToArray();
            var slices = Slices.Compute(test, all, frequency, data.Store, CutOffs);
            Console.WriteLine(FormattableString.Invariant($"{name,-28} {Figures(RankingMetrics.Compute(all, CutOffs))}"));
            foreach (var (slice, figures) in slices) Console.WriteLine(FormattableString.Invariant($"    {slice,-22} {figures.Users,6} {Figures(figures.Metrics)}"));
        }
    }

    private const string Content = "nearest by content";

    private static string Figures(IReadOnlyDictionary<string, double> metrics) => string.Create(CultureInfo.InvariantCulture, $"{metrics["recall@10"]:F4} / {metrics["ndcg@10"]:F4}  @20 {metrics["recall@20"]:F4}");

    private static ScoreCombination Fitted(ScoreCombination head, List<HeldOutScores> held, Func<HeldOutScores, HeldOutScores> change)
    {
        StackingFit.Run(head, held.Select(change).ToList(), Progress.None, CancellationToken.None);
        return head;
    }

    /// <summary>[items of the flow, Σ widths]: the modalities' features, each of unit length and side by side; null where the run reads none.</summary>
    private static Tensor? UnitFeatures(Session session, EncodedCatalogue catalogue)
    {
        if (session.Features.Names.Count == 0) return null;
        int[] rows = new int[catalogue.Vectors.Input.shape[0]];
        foreach (int row in session.Data.FlowRows) rows[catalogue.Slots([row])[0]] = row;
        var items = session.Features.Gather(rows);
        return cat(items.Features.Select((f, m) => nn.functional.normalize(f, dim: -1) * items.Present.narrow(1, m, 1)).ToArray(), 1);
    }

    /// <summary>[examples, candidates]: Σ over the history of decay^age · cosine, without what the history holds.</summary>
    private static Tensor ByContent(Tensor features, IReadOnlyList<Example> examples, EncodedCatalogue catalogue, Tensor seen)
    {
        var profiles = examples.Select(e =>
        {
            int[] slots = catalogue.Slots(e.Items);
            var weights = tensor(slots.Select((_, i) => (float)Math.Pow(ContentDecay, slots.Length - 1 - i)).ToArray());
            return weights.unsqueeze(0).matmul(features.index_select(0, tensor(Array.ConvertAll(slots, s => (long)s))));
        }).ToArray();
        var scores = cat(profiles, 0).matmul(features.narrow(0, 0, catalogue.CandidateCount).t());
        return scores.view(-1).index_fill_(0, seen, float.NegativeInfinity).view(scores.shape);
    }

    private static HeldOutScores WithoutNetwork(HeldOutScores tile) => tile with { Scores = zeros_like(tile.Scores) };

    private static IEnumerable<Rank> RanksOf(Tensor logits, Tensor targets)
    {
        var own = logits.gather(1, targets.unsqueeze(1));
        long[] above = logits.gt(own).sum(1).data<long>().ToArray();
        long[] atLeast = logits.ge(own).sum(1).data<long>().ToArray();
        return above.Zip(atLeast, (a, l) => new Rank((int)a, (int)(l - a - 1))).ToList();
    }

    private static uint Mixed(int user) => (uint)(user * 2654435761L);
}
