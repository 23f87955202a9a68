using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Collaborative;

public class EaseTests
{
    private const int Items = 12;
    private const double Ridge = 2;
    private const double Decay = 0.8;

    [Fact]
    public void Equals_a_regression_of_each_item_on_all_others()
    {
        using var scope = NewDisposeScope();
        var log = Logs.Random(users: 15, items: Items, longest: 9, seed: 8);
        var split = HeldOutSplit.LeaveOneOut(log, [true, true]);
        var examples = new ExamplePlanner(log, [true, true], 50, ExampleForm.EveryPosition).HeldOut(split.Test);
        int[] columns = Columns();
        int candidates = columns.Max() + 1;
        var regression = Ease.Fit(UserItems.Of(split.Training), columns, Ridge, Decay, limit: 100, WorkContext.Silent);

        var predicted = new CollaborativeScorer(columns, candidates, ease: regression).Build(examples, CPU).OfAll(candidates);

        var histories = examples.SelectMany(w => w.Targets.Select(t => (w.User, History: w.Log.Items(w.Log.FirstEvent(w.User), t.State + 1).ToArray()))).ToList();
        Assert.Equal([histories.Count, candidates], predicted.shape);
        Assert.Contains(predicted.view(-1).data<float>().ToArray(), p => p > 0);
        double[,] effects = Effects(log, split);
        for (int t = 0; t < histories.Count; t++)
        {
            for (int row = 0; row < Items; row++)
            {
                if (columns[row] < 0) continue;
                double expected = histories[t].History.Reverse().Select((item, age) => Math.Pow(Decay, age) * effects[item, row]).Sum();
                Assert.Equal(Math.Max(0, expected), predicted[t, columns[row]].item<float>(), 1e-5);
            }
        }
    }

    [Fact]
    public void Takes_the_items_that_most_users_have_and_predicts_nothing_about_others()
    {
        using var scope = NewDisposeScope();
        var log = Logs.Random(users: 15, items: Items, longest: 9, seed: 8);
        var split = HeldOutSplit.LeaveOneOut(log, [true, true]);
        var users = UserItems.Of(split.Training);
        int[] columns = Enumerable.Range(0, Items).ToArray();
        var kept = users.Invert(Items).Select((owners, row) => (owners.Count, row)).OrderByDescending(o => o.Count).Take(4).Select(o => o.row).ToHashSet();
        var examples = new ExamplePlanner(log, [true, true], 50, ExampleForm.EveryPosition).HeldOut(split.Test);

        var regression = Ease.Fit(users, columns, Ridge, Decay, limit: 4, WorkContext.Silent);
        var predicted = new CollaborativeScorer(columns, Items, ease: regression).Build(examples, CPU).OfAll(Items);

        Assert.All(Enumerable.Range(0, Items).Where(row => !kept.Contains(row)), row => Assert.Equal(0, predicted.select(1, row).abs().max().item<float>()));
        Assert.Contains(kept, row => predicted.select(1, row).max().item<float>() > 0);
    }

    [Fact]
    public void Other_domains_take_no_room_from_the_candidates()
    {
        using var scope = NewDisposeScope();
        // Everybody has the two items that are no candidates, and few the four that are.
        int[] columns = [-1, -1, 0, 1, 2, 3];
        var log = Logs.Of([.. Enumerable.Range(0, 12).Select(u => new[] { 0, 1, 2 + (u % 4), 2 + ((u + 1) % 4), 2 + ((u + 2) % 4), 2 + ((u + 3) % 4) })]);
        var split = HeldOutSplit.LeaveOneOut(log, [true]);
        var users = UserItems.Of(split.Training);
        var examples = new ExamplePlanner(log, [true], 50, ExampleForm.EveryPosition).HeldOut(split.Test);

        var predicted = new CollaborativeScorer(columns, 4, ease: Ease.Fit(users, columns, Ridge, Decay, limit: 4, WorkContext.Silent)).Build(examples, CPU).OfAll(4);

        Assert.All(Enumerable.Range(0, 4), c => Assert.True(predicted.select(1, c).max().item<float>() > 0));
    }

    /// <summary>Every third item is no candidate, and the columns are not in the order of the rows.</summary>
    private static int[] Columns()
    {
        var candidates = Enumerable.Range(0, Items).Where(row => row % 3 != 0).Reverse().ToList();
        return Enumerable.Range(0, Items).Select(row => candidates.IndexOf(row)).ToArray();
    }

    /// <summary>The ridge regression of each item on all others, one at a time, by Gaussian elimination.</summary>
    private static double[,] Effects(InteractionLog log, HeldOutSplit split)
    {
        var rows = Enumerable.Range(0, log.UserCount)
            .Select(u => split.Training.Items(split.Training.FirstEvent(u), split.Training.EndEvent(u)).ToArray().ToHashSet()).ToList();
        double Both(int i, int j) => rows.Count(r => r.Contains(i) && r.Contains(j));
        double[,] effects = new double[Items, Items];
        for (int target = 0; target < Items; target++)
        {
            int[] others = Enumerable.Range(0, Items).Where(i => i != target).ToArray();
            int n = others.Length;
            double[,] system = new double[n, n + 1];
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++) system[i, j] = Both(others[i], others[j]) + (i == j ? Ridge : 0);
                system[i, n] = Both(others[i], target);
            }

            double[] solution = Solve(system, n);
            for (int i = 0; i < n; i++) effects[others[i], target] = solution[i];
        }

        return effects;
    }

    /// <summary>Gauss–Jordan; the matrix is positive definite, so that no pivot is 0.</summary>
    private static double[] Solve(double[,] system, int n)
    {
        for (int p = 0; p < n; p++)
        {
            for (int i = 0; i < n; i++)
            {
                if (i == p) continue;
                double factor = system[i, p] / system[p, p];
                for (int j = p; j <= n; j++) system[i, j] -= factor * system[p, j];
            }
        }

        return Enumerable.Range(0, n).Select(i => system[i, n] / system[i, i]).ToArray();
    }
}
