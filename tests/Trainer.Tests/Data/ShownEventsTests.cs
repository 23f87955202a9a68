using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class ShownEventsTests
{
    [Fact]
    public void Withheld_are_the_events_of_other_domains_but_those_that_a_target_has_nothing_else_before()
    {
        var log = Log(out var examples);
        int some = 0, without = 0;
        foreach (var example in examples)
        {
            var shown = ShownEvents.Of(example, foreignDropout: 1 - 1e-12, seed: 3);
            int[] positions = [.. Enumerable.Range(0, shown.Count).Select(i => shown[i])];
            foreach (int position in Enumerable.Range(0, example.Length).Except(positions)) Assert.Equal(1, log.DomainOf(example.First + position));
            foreach (var (state, _) in example.Targets)
            {
                int[] own = [.. Enumerable.Range(example.First, state + 1 - example.First).Where(e => log.DomainOf(e) == 0)];
                int expected = own.Length > 0 ? own[^1] : state;
                Assert.Equal(expected, example.First + shown[shown.IndexOf(state - example.First)]);
                without += own.Length == 0 ? 1 : 0;
            }

            some += positions.Length < example.Length ? 1 : 0;
        }

        Assert.True(some > 10 && without > 3, $"{some} and {without}");
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
            foreach (var (state, target) in example.Targets)
            {
                int last = Enumerable.Range(example.First, state + 1 - example.First).LastOrDefault(e => log.DomainOf(e) == 0, state);
                Assert.Equal(log.ItemOf(last), batch.ItemRows[slots[states[at]]]);
                Assert.Equal(log.ItemOf(target), batch.ItemRows[part.TargetSlots[at].item<long>()]);
                at++;
            }
        }

        Assert.Equal(at, states.Length);
    }

    /// <summary>Forty users of two domains, of which the first is predicted.</summary>
    private static InteractionLog Log(out List<Example> examples)
    {
        var log = Logs.Random(users: 40, items: 20, longest: 14, seed: 11);
        examples = new ExamplePlanner(log, [true, false], 10, ExampleForm.EveryPosition).Training();
        return log;
    }
}
