using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class HeldOutSplitTests
{
    [Fact]
    public void Last_target_event_is_test_and_the_one_before_validation()
    {
        // Domains: 0 is the target, 1 another of the flow.
        var log = Logs.Of([[(0, 0, 0), (9, 1, 1), (1, 2, 0), (8, 3, 1), (2, 4, 0), (7, 5, 1)]]);
        var split = HeldOutSplit.LeaveOneOut(log, [true, false]);

        Assert.Equal(4, split.TestOf(0));
        Assert.Equal(2, split.ValidationOf(0));
        Assert.Equal(2, split.TrainingEnd(0));
    }

    [Fact]
    public void Training_ends_strictly_before_the_validation_event_in_every_domain()
    {
        var log = Logs.Of([[(0, 0, 0), (9, 2, 1), (1, 2, 0), (2, 3, 0)]]);
        var split = HeldOutSplit.LeaveOneOut(log, [true, false]);

        Assert.Equal(2, split.ValidationOf(0));
        Assert.Equal(1, split.TrainingEnd(0)); // event 1 has the validation event's time
    }

    [Fact]
    public void A_user_with_two_target_events_only_trains()
    {
        var log = Logs.Of([1, 2]);
        var split = HeldOutSplit.LeaveOneOut(log, [true]);

        Assert.Equal(-1, split.TestOf(0));
        Assert.Equal(-1, split.ValidationOf(0));
        Assert.Equal(2, split.TrainingEnd(0));
    }

    [Fact]
    public void Histories_of_held_out_targets_end_before_them()
    {
        var log = Logs.Random(users: 50, items: 20, longest: 30, seed: 4);
        var split = HeldOutSplit.LeaveOneOut(log, [true, false]);
        var planner = new ExamplePlanner(log, [true, false], 8, UniM2Rec.Trainer.Configuration.ExampleForm.Prefix);

        var examples = planner.HeldOut(split.TestOf);
        Assert.NotEmpty(examples);
        Assert.All(examples, w =>
        {
            var (state, target) = Assert.Single(w.Targets);
            Assert.Equal(w.End - 1, state);
            Assert.True(log.TimeOf(state) < log.TimeOf(target));
            Assert.True(split.TrainingEnd(w.User) <= split.ValidationOf(w.User));
        });
    }

    [Fact]
    public void Pre_training_holds_out_the_last_event_of_all_and_tests_on_nothing()
    {
        var log = Logs.Of([[(0, 0, 0), (1, 1, 0), (2, 2, 0), (9, 3, 1)]]);
        var last = HeldOutSplit.By(UniM2Rec.Trainer.Configuration.HoldOut.LastEvent, log, [true, false]);
        var targets = HeldOutSplit.By(UniM2Rec.Trainer.Configuration.HoldOut.Targets, log, [true, false]);

        Assert.Equal((3, -1, 3), (last.ValidationOf(0), last.TestOf(0), last.TrainingEnd(0)));
        Assert.Equal((1, 2, 1), (targets.ValidationOf(0), targets.TestOf(0), targets.TrainingEnd(0)));
    }
}
