using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class ExamplePlannerTests
{
    [Theory]
    [InlineData(ExampleForm.EveryPosition, 5)]
    [InlineData(ExampleForm.EveryPosition, 16)]
    [InlineData(ExampleForm.Prefix, 5)]
    public void Every_target_is_predicted_exactly_once_from_the_event_before_it(ExampleForm form, int maxLength)
    {
        var log = Logs.Random(users: 40, items: 30, longest: 60, seed: 1);
        var examples = new ExamplePlanner(log, [true, true], maxLength, form).Training();

        var targets = examples.SelectMany(w => w.Targets.Select(t => t.Target)).Order().ToList();
        var expected = Enumerable.Range(0, log.UserCount).SelectMany(u => Enumerable.Range(log.FirstEvent(u) + 1, log.EndEvent(u) - log.FirstEvent(u) - 1));
        Assert.Equal(expected, targets);
        Assert.All(examples, w =>
        {
            Assert.InRange(w.Length, 1, maxLength);
            Assert.All(w.Targets, t => Assert.Equal(t.Target - 1, t.State));
            Assert.All(w.Targets, t => Assert.InRange(t.State, w.First, w.End - 1));
        });
    }

    [Fact]
    public void Targets_of_a_long_flow_have_a_third_of_a_window_of_history()
    {
        var log = Logs.Random(users: 20, items: 30, longest: 90, seed: 2);
        var examples = new ExamplePlanner(log, [true, true], 12, ExampleForm.EveryPosition).Training();

        Assert.All(examples, w => Assert.All(w.Targets, t =>
            Assert.True(t.State - w.First + 1 >= Math.Min(4, t.State - log.FirstEvent(w.User) + 1), $"history of {t.State - w.First + 1}")));
    }

    [Fact]
    public void Only_events_of_target_domains_are_predicted_but_all_domains_are_seen()
    {
        var log = Logs.Of([[(0, 0, 0), (5, 1, 1), (1, 2, 0), (6, 3, 1), (7, 4, 1)]]);
        var example = Assert.Single(new ExamplePlanner(log, [true, false], 10, ExampleForm.EveryPosition).Training());

        Assert.Equal([(1, 2)], example.Targets);
        Assert.Equal(0, example.First);
        Assert.Equal(2, example.End);
    }

    [Fact]
    public void A_target_does_not_see_events_of_its_own_time()
    {
        var log = Logs.Of([[(0, 0, 0), (5, 1, 1), (6, 2, 1), (1, 2, 0), (2, 3, 0)]]);
        var example = Assert.Single(new ExamplePlanner(log, [true, false], 10, ExampleForm.EveryPosition).Training());

        // Event 3 is at time 2, as event 2 is: the last event before both is event 1.
        Assert.Equal([(1, 3), (3, 4)], example.Targets);
    }

    [Theory]
    [InlineData(SameTime.FileOrder, 2)]
    [InlineData(SameTime.Hidden, 1)]
    public void Events_of_one_time_in_one_domain_are_seen_in_the_order_of_their_file(SameTime rule, int seen)
    {
        // Item 1 and 2 are of one day; item 2 stands behind item 1.
        var log = Logs.Of(rule, [[(0, 0, 0), (1, 1, 0), (2, 1, 0)]]);
        var examples = new ExamplePlanner(log, [true], 10, ExampleForm.Prefix).Training();
        Assert.Equal(seen, examples.Single(w => w.LastTargetItem == 2).Length);
    }

    [Fact]
    public void The_newest_window_ends_with_the_last_event()
    {
        var log = Logs.Of([1, 2, 3, 4, 5], [7]);
        var examples = new ExamplePlanner(log, [true], 3, ExampleForm.EveryPosition).Newest();

        Assert.Equal([3, 4, 5], log.Items(examples[0].First, examples[0].End).ToArray());
        Assert.Equal([7], log.Items(examples[1].First, examples[1].End).ToArray());
    }
}
