using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Collaborative;

public class CollaborativeScorerTests
{
    private const int Items = 12;
    private const double Decay = 0.7;

    /// <summary>Every third item is no candidate, so that columns are not rows.</summary>
    private static readonly int[] Columns = Enumerable.Range(0, Items).Select(row => row % 3 == 2 ? -1 : row - (row / 3)).ToArray();
    private static readonly int CandidateCount = Columns.Max() + 1;
    private readonly InteractionLog _log = Logs.Random(users: 15, items: Items, longest: 9, seed: 8);
    private readonly HeldOutSplit _split;
    private readonly UserItems _users;

    public CollaborativeScorerTests()
    {
        _split = HeldOutSplit.LeaveOneOut(_log, [true, true]);
        _users = UserItems.Of(_split.Training);
    }

    [Fact]
    public void Seen_are_the_candidates_of_the_history()
    {
        using var scope = NewDisposeScope();
        var examples = Examples();

        long[] seen = new CollaborativeScorer(Columns, CandidateCount).Build(examples, CPU).Seen.data<long>().ToArray();

        var expected = Histories(examples).SelectMany((h, t) => h.Items.Where(i => Columns[i] >= 0).Select(i => ((long)t * CandidateCount) + Columns[i]).Distinct());
        Assert.Equal(expected.Order(), seen.Order());
    }

    [Fact]
    public void Co_occurrence_equals_counting_by_hand()
    {
        var counted = ItemKnn.Count(_users, Columns, CandidateCount, power: 0.5, Decay, WorkContext.Silent);
        RequireEqual(new CollaborativeScorer(Columns, CandidateCount, counted), e => e.Related!, Together);
    }

    [Fact]
    public void Of_a_bounded_neighbourhood_the_most_related_are_kept()
    {
        var (all, few) = (Rows(int.MaxValue), Rows(2));
        Assert.Contains(all, row => row.Count > 3);
        Assert.All(all.Zip(few), rows =>
        {
            Assert.Equal(Math.Min(2, rows.First.Count), rows.Second.Count);
            Assert.Equal(rows.First.Values.OrderDescending().Take(2), rows.Second.Values.OrderDescending());
            Assert.All(rows.Second, entry => Assert.Equal(rows.First[entry.Key], entry.Value));
        });

        List<Dictionary<int, float>> Rows(int neighbours)
        {
            var rows = ItemKnn.Count(_users, Columns, CandidateCount, power: 0.5, Decay, WorkContext.Silent, neighbours).Rows;
            return [.. Enumerable.Range(0, Items).Select(row => rows.Columns(row).ToArray().Zip(rows.Values(row).ToArray()).ToDictionary())];
        }
    }

    [Fact]
    public void Succession_equals_counting_by_hand()
    {
        var counted = ItemTransitions.Count(_split.Training, _users, (Columns, CandidateCount), Decay, WorkContext.Silent);
        RequireEqual(new CollaborativeScorer(Columns, CandidateCount, transitions: counted), e => e.Followed!, Following);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Counting_stops_when_it_is_asked_to(int after)
    {
        using var together = new StopAfter(after);
        using var following = new StopAfter(after);

        Assert.Throws<OperationCanceledException>(() => ItemKnn.Count(_users, Columns, CandidateCount, power: 0.5, Decay, together.Context));
        Assert.Throws<OperationCanceledException>(() => ItemTransitions.Count(_split.Training, _users, (Columns, CandidateCount), Decay, following.Context));
        Assert.Equal(after, together.Advanced);
        Assert.Equal(after, following.Advanced);
    }

    [Fact]
    public void Succession_with_decay_0_looks_at_the_next_event_alone()
    {
        using var scope = NewDisposeScope();
        var counted = ItemTransitions.Count(_split.Training, _users, (Columns, CandidateCount), decay: 0, WorkContext.Silent);
        var examples = Examples();

        var followed = new CollaborativeScorer(Columns, CandidateCount, transitions: counted).Build(examples, CPU).Followed!;

        var positions = followed.Positions.data<long>().ToArray().ToHashSet();
        Assert.NotEmpty(positions);
        foreach (var (history, t) in Histories(examples).Select((h, t) => (h, t)))
        {
            for (int item = 0; item < Items; item++)
            {
                if (Columns[item] < 0) continue;
                bool follows = Users().Any(u => Training(u).Zip(Training(u).Skip(1)).Contains((history.Items[^1], item))) && history.Items[^1] != item;
                Assert.Equal(follows, positions.Contains(((long)t * CandidateCount) + Columns[item]));
            }
        }
    }

    [Fact]
    public void With_domains_apart_the_target_domain_tells_what_it_tells_alone()
    {
        using var scope = NewDisposeScope();
        var examples = Examples();
        var mixed = Scorer(_split.Training).Build(examples, CPU);
        var alone = Scorer(Logs.Of([.. Users().Select(u => Training(u).Where(IsCandidate).ToArray())]));
        var histories = Histories(examples);
        Assert.Contains(histories, h => h.Items.Any(IsCandidate) && !h.Items.All(IsCandidate));
        foreach (var (history, t) in histories.Select((h, t) => (h, t)))
        {
            int[] own = [.. history.Items.Where(IsCandidate)];
            if (own.Length == 0) continue;
            var log = Logs.Of([.. Users().Select(u => u == history.User ? own : [])]);
            var scores = alone.Build([new Example(log, history.User, 0, own.Length, [])], CPU);
            Same(scores.Related!, mixed.Related!, t);
            Same(scores.Followed!, mixed.Followed!, t);
            Assert.Equal(0, (scores.OfAll(CandidateCount).select(0, 0) - mixed.OfAll(CandidateCount).select(0, t)).abs().max().item<float>(), 1e-5);
        }

        static CollaborativeScorer Scorer(InteractionLog log)
        {
            var users = UserItems.Of(log);
            return new CollaborativeScorer(
                Columns, CandidateCount, ItemKnn.Count(users, Columns, CandidateCount, 0.5, Decay, WorkContext.Silent),
                ItemTransitions.Count(log, users, (Columns, CandidateCount), Decay, WorkContext.Silent, apart: true),
                Ease.Fit(users.Only(IsCandidate), Columns, 2, Decay, 100, WorkContext.Silent))
            {
                DomainsApart = true,
            };
        }

        static bool IsCandidate(int row) => Columns[row] >= 0;

        static void Same(SparseScores one, SparseScores all, int t)
        {
            var expected = Entries(one).OrderBy(p => p.Key).ToList();
            var found = Entries(all).Where(p => p.Key / CandidateCount == t).OrderBy(p => p.Key).ToList();
            Assert.Equal(expected.Select(p => p.Key), found.Select(p => p.Key % CandidateCount));
            Assert.All(expected.Zip(found), p => Assert.Equal(p.First.Value, p.Second.Value, 1e-5));
        }
    }

    [Fact]
    public void Unknown_are_the_candidates_that_no_history_of_training_holds()
    {
        using var scope = NewDisposeScope();
        int[] columns = [.. Enumerable.Range(0, Items).Select(row => row < 4 ? row : -1)];
        var users = UserItems.Of(Logs.Of([[0, 1], [1, 0]]));
        var scorer = new CollaborativeScorer(columns, 4, ItemKnn.Count(users, columns, 4, 0.5, Decay, WorkContext.Silent), ease: Ease.Fit(users, columns, 2, Decay, 100, WorkContext.Silent));

        Assert.Equal([2, 3], scorer.Build(Examples(), CPU).Unknown!.data<long>().ToArray());
        Assert.Null(new CollaborativeScorer(columns, 4).Build(Examples(), CPU).Unknown);
    }

    [Fact]
    public void With_domains_apart_other_domains_tell_the_rest()
    {
        using var scope = NewDisposeScope();
        var examples = Examples();
        var counted = ItemKnn.Count(_users, Columns, CandidateCount, 0.5, Decay, WorkContext.Silent);
        var values = Entries(new CollaborativeScorer(Columns, CandidateCount, counted) { DomainsApart = true }.Build(examples, CPU).RelatedElsewhere!);
        Assert.NotEmpty(values);
        foreach (var (history, t) in Histories(examples).Select((h, t) => (h, t)))
        {
            foreach (int item in Enumerable.Range(0, Items).Where(i => Columns[i] >= 0))
            {
                double expected = history.Items.Where(i => Columns[i] < 0).Reverse().Select((i, age) => Math.Pow(Decay, age) * Together(i, item)).Sum();
                Assert.Equal(expected, values.GetValueOrDefault(((long)t * CandidateCount) + Columns[item]), 1e-5);
            }
        }
    }

    private static Dictionary<long, float> Entries(SparseScores scores) =>
        scores.Positions.data<long>().ToArray().Zip(scores.Values.data<float>().ToArray()).ToDictionary(p => p.First, p => p.Second);

    private void RequireEqual(CollaborativeScorer builder, Func<CollaborativeScores, SparseScores> choose, Func<int, int, double> relation)
    {
        using var scope = NewDisposeScope();
        var examples = Examples();
        var scores = choose(builder.Build(examples, CPU));
        var values = Entries(scores);
        Assert.NotEmpty(values);
        foreach (var (history, t) in Histories(examples).Select((h, t) => (h, t)))
        {
            for (int item = 0; item < Items; item++)
            {
                if (Columns[item] < 0) continue;
                double expected = history.Items.Reverse().Select((i, age) => Math.Pow(Decay, age) * relation(i, item)).Sum();
                Assert.Equal(expected, values.GetValueOrDefault(((long)t * CandidateCount) + Columns[item]), 1e-5);
            }
        }
    }

    /// <summary>|users with both| / sqrt(|users of i| |users of j|).</summary>
    private double Together(int i, int j) => i == j ? 0 : Over(Users().Count(u => Training(u).Contains(i) && Training(u).Contains(j)), i, j);

    /// <summary>Σ decay^(events in between) over the users' pairs of i and a later j, over the same sizes.</summary>
    private double Following(int i, int j)
    {
        double sum = 0;
        foreach (int[]? events in Users().Select(Training))
        {
            for (int p = 0; p < events.Length; p++)
            {
                for (int q = p + 1; q < events.Length; q++)
                {
                    if (events[p] == i && events[q] == j && i != j) sum += Math.Pow(Decay, q - p - 1);
                }
            }
        }

        return Over(sum, i, j);
    }

    private double Over(double count, int i, int j) =>
        count == 0 ? 0 : count / Math.Sqrt((double)Users().Count(u => Training(u).Contains(i)) * Users().Count(u => Training(u).Contains(j)));

    private IEnumerable<int> Users() => Enumerable.Range(0, _log.UserCount);

    private int[] Training(int user) => _split.Training.Items(_split.Training.FirstEvent(user), _split.Training.EndEvent(user)).ToArray();

    private List<Example> Examples() => new ExamplePlanner(_log, [true, true], 50, ExampleForm.EveryPosition).HeldOut(_split.Test);

    private List<(int User, int[] Items)> Histories(IEnumerable<Example> examples) =>
        examples.SelectMany(w => w.Targets.Select(t => (w.User, w.Log.Items(w.Log.FirstEvent(w.User), t.State + 1).ToArray()))).ToList();
}
