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
/// the same validation targets of the same trained network; joined also without the content; and beside them what is nearest by content alone.
/// </summary>
internal static class CombinationStudy
{
    private static readonly int[] CutOffs = [10, 20];

    public static void Run(string folder)
    {
        var trained = RunFolder.Open(folder);
        var config = JsonConfig.LoadKept<RunConfig>(trained.Config);
        config = config with { Training = config.Training with { Threads = 0 }, Collaborative = config.Collaborative with { Content = config.Model.Kind != "sasrec" } };
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
        var joined = Fitted(ScoreCombination.For(c)!, held, t => t);
        var without = Fitted(ScoreCombination.For(c with { Content = false })!, held, t => t);
        var alone = Fitted(ScoreCombination.For(c with { Content = false, OwnEvents = false })!, held, WithoutNetwork);
        foreach (var head in new[] { joined, without })
        {
            if (session.Features.Names.Count > 0) StackingFit.SetUnknownBias(head, held);
        }

        var biased = Fitted(ScoreCombination.For(c.InTraining)!, held, t => t);
        var biasedOwn = Fitted(ScoreCombination.For(c.InTraining with { OwnEvents = false })!, held, ByOwnEvents);
        var variants = new (string Name, Func<HeldOutScores, Tensor> Logits)[]
        {
            ("network", t => t.Scores),
            ("network, seen bias", t => biased.Join(t.Scores, t.Collaborative)),
            ("network by own events, seen", t => biasedOwn.Join(ByOwnEvents(t).Scores, t.Collaborative)),
            ("collaborative", t => alone.Join(WithoutNetwork(t).Scores, t.Collaborative)),
            ("joined without content", t => without.Join(t.Scores, t.Collaborative)),
            ("joined", t => joined.Join(t.Scores, t.Collaborative)),
        };
        foreach (var (name, parameter) in joined.named_parameters()) Console.WriteLine(FormattableString.Invariant($"  {name} {parameter.item<float>():F3}"));

        var ranks = variants.Select(v => v.Name).Append(Content).ToDictionary(name => name, _ => new List<Rank>());
        using (no_grad())
        {
            foreach (var tile in test.Chunk(ranking.BatchUsers))
            {
                using var inner = NewDisposeScope();
                var scores = ranking.Unjoined(tile, CancellationToken.None).Single();
                foreach (var (name, logits) in variants) ranks[name].AddRange(RanksOf(logits(scores), scores.Targets));
                if (scores.Collaborative.Content is { } content) ranks[Content].AddRange(RanksOf(content.view(-1).index_fill(0, scores.Collaborative.Seen, -1).view(content.shape), scores.Targets));
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

    /// <summary>The same with what the network makes of the target domains' events alone.</summary>
    private static HeldOutScores ByOwnEvents(HeldOutScores tile) => tile with { Scores = tile.Collaborative.Own ?? tile.Scores };

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
