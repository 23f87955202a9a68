using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sequences;

namespace UniM2Rec.Tests.Sequences;

public class EvidenceBuilderTests
{
    private const int Items = 12;
    private const double Decay = 0.7;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Equals_counting_the_other_users_by_hand(bool training)
    {
        using var scope = NewDisposeScope();
        var log = Logs.Random(users: 15, items: Items, longest: 9, seed: 8);
        var split = HeldOutSplit.LeaveOneOut(log, [true, true]);
        var planner = new WindowPlanner(log, [true, true], 50, ExampleForm.EveryPosition);
        var windows = training ? planner.Training(split) : planner.HeldOut(split.TestOf);
        int[] columns = Enumerable.Range(0, Items).ToArray();
        var builder = new EvidenceBuilder(log, CoOccurrence.Count(log, split, Items, columns, 0.5), null, columns, Items, Decay);

        var evidence = builder.Build(windows, training, CPU);

        var seen = evidence.Seen.data<long>().ToArray().ToHashSet();
        var strength = evidence.Related.data<long>().ToArray().Zip(evidence.Strength.data<float>().ToArray()).ToDictionary(p => p.First, p => p.Second);
        var histories = windows.SelectMany(w => w.Targets.Select(t => (w.User, History: log.Items(log.FirstEvent(w.User), t.State + 1).ToArray()))).ToList();
        Assert.Equal(seen.Count, evidence.Seen.numel());
        for (int t = 0; t < histories.Count; t++)
        {
            var (user, history) = histories[t];
            for (int c = 0; c < Items; c++)
            {
                Assert.Equal(history.Contains(c), seen.Contains((t * Items) + c));
                double expected = Strength(log, split, history, c, training ? user : -1);
                Assert.Equal(expected, strength.GetValueOrDefault((t * Items) + c), 1e-5);
            }
        }
    }

    /// <summary>Σ decay^age · |others with both| / sqrt(|users of i| |users of j|), the user left out counting in the sizes only.</summary>
    private static double Strength(InteractionLog log, HeldOutSplit split, int[] history, int candidate, int leftOut)
    {
        bool Has(int user, int item) => log.Items(log.FirstEvent(user), split.TrainingEnd(user)).Contains(item);
        var users = Enumerable.Range(0, log.UserCount).ToList();
        double sum = 0;
        for (int age = 0; age < history.Length; age++)
        {
            int item = history[^(age + 1)];
            if (item == candidate) continue;
            int both = users.Count(u => u != leftOut && Has(u, item) && Has(u, candidate));
            double sizes = Math.Sqrt((double)users.Count(u => Has(u, item)) * users.Count(u => Has(u, candidate)));
            if (both > 0) sum += Math.Pow(Decay, age) * both / sizes;
        }

        return sum;
    }
}
