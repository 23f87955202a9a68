using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class ShownEventsTests
{
    [Fact]
    public void Withheld_are_all_events_of_other_domains_and_targets_that_have_no_other_before_them()
    {
        var log = Log(out var examples);
        int thinned = 0, without = 0, whole = 0;
        foreach (var example in examples)
        {
            var shown = ShownEvents.Of(example, foreignDropout: 1 - 1e-12, seed: 3);
            var predicted = shown.Predicted(example);
            int[] own = [.. Enumerable.Range(0, example.Length).Where(p => log.DomainOf(example.First + p) == 0)];
            var possible = example.Targets.Where(t => own.Any(p => example.First + p <= t.State)).ToList();
            if (possible.Count == 0)
            {
                // Nothing could be predicted without them.
                Assert.Equal(example.Length, shown.Count);
                Assert.Same(example, predicted);
                whole++;
                continue;
            }

            Assert.Equal(own, Enumerable.Range(0, shown.Count).Select(i => shown[i]));
            Assert.Equal(possible, predicted.Targets);
            Assert.All(possible, t => Assert.Equal(own.Last(p => example.First + p <= t.State), shown[shown.IndexOf(t.State - example.First)]));
            thinned += own.Length < example.Length ? 1 : 0;
            without += example.Targets.Count - possible.Count;
        }

        Assert.True(thinned > 10 && without > 3 && whole > 0, $"{thinned}, {without} and {whole}");
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.8)]
    public void As_many_examples_as_said_have_them_withheld_and_the_same_seed_the_same(double share)
    {
        _ = Log(out var examples);
        var mixed = examples.Where(e => Enumerable.Range(0, e.Length).Any(p => !e.IsOwn(p)) && ShownEvents.Of(e, 1 - 1e-12, 0).Count < e.Length).ToList();
        int[] Counts(ulong seed) => [.. mixed.Select(e => ShownEvents.Of(e, share, seed).Count)];
        double withheld = Enumerable.Range(0, 40).Average(seed => Counts((ulong)seed).Zip(mixed).Count(c => c.First < c.Second.Length)) / mixed.Count;
        Assert.Equal(share, withheld, 0.05);
        Assert.Equal(Counts(7), Counts(7));
    }

    [Fact]
    public void Targets_are_predicted_from_what_is_shown()
    {
        using var scope = NewDisposeScope();
        var log = Log(out var examples);
        var batch = new BatchBuilder(20, causal: true, CPU) { ForeignDropout = 1 - 1e-12, ReadsOwn = true }.Build(examples, seed: 5);
        var part = Assert.Single(batch.Parts);
        long[] states = part.Sequences.States.index_select(0, part.TargetStates).data<long>().ToArray();
        long[] slots = part.Sequences.Slots.view(-1).data<long>().ToArray();
        int at = 0;
        foreach (var example in examples)
        {
            bool isWhole = example.Targets.All(t => Before(example, t.State) < 0);
            foreach (var (state, target) in example.Targets)
            {
                int last = isWhole ? state : Before(example, state);
                if (last < 0) continue;
                Assert.Equal(log.ItemOf(last), batch.ItemRows[slots[states[at]]]);
                Assert.Equal(log.ItemOf(target), batch.ItemRows[part.TargetSlots[at].item<long>()]);
                at++;
            }
        }

        Assert.Equal(at, states.Length);
        Assert.Equal(at, batch.TargetCount);

        int Before(Example example, int state) => Enumerable.Range(example.First, state + 1 - example.First).LastOrDefault(e => log.DomainOf(e) == 0, -1);
    }

    /// <summary>Forty users of two domains, of which the first is predicted.</summary>
    private static InteractionLog Log(out List<Example> examples)
    {
        var log = Logs.Random(users: 40, items: 20, longest: 14, seed: 11);
        examples = new ExamplePlanner(log, [true, false], 10, ExampleForm.EveryPosition).Training();
        return log;
    }
}
