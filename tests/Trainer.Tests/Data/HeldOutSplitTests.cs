using UniM2Rec.Catalogue;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class HeldOutSplitTests
{
    private const SplitPart Train = SplitPart.Train, Valid = SplitPart.Validation, Test = SplitPart.Test, Open = SplitPart.Unspecified;

    [Fact]
    public void Last_target_event_is_test_and_the_one_before_validation()
    {
        // Domains: 0 is the target, 1 another of the flow.
        var log = Logs.Of([[(0, 0, 0), (9, 1, 1), (1, 2, 0), (8, 3, 1), (2, 4, 0), (7, 5, 1)]]);
        var split = HeldOutSplit.LeaveOneOut(log, [true, false]);

        Assert.Equal([new HeldOutEvent(0, 4)], split.Test);
        Assert.Equal([new HeldOutEvent(0, 2)], split.Validation);
        Assert.Equal([0, 9], Items(split.Training, 0));
    }

    [Fact]
    public void Training_ends_strictly_before_the_validation_event_in_every_domain()
    {
        var log = Logs.Of([[(0, 0, 0), (9, 2, 1), (1, 2, 0), (2, 3, 0)]]);
        var split = HeldOutSplit.LeaveOneOut(log, [true, false]);

        Assert.Equal([new HeldOutEvent(0, 2)], split.Validation);
        Assert.Equal([0], Items(split.Training, 0)); // event 1 has the validation event's time
    }

    [Fact]
    public void A_user_with_two_target_events_only_trains()
    {
        var log = Logs.Of([1, 2]);
        var split = HeldOutSplit.LeaveOneOut(log, [true]);

        Assert.Empty(split.Test);
        Assert.Empty(split.Validation);
        Assert.Same(log, split.Training);
    }

    [Fact]
    public void Histories_of_held_out_targets_end_before_them_and_training_before_validation()
    {
        var log = Logs.Random(users: 50, items: 20, longest: 30, seed: 4);
        var split = HeldOutSplit.LeaveOneOut(log, [true, false]);
        var examples = new ExamplePlanner(log, [true, false], 8, ExampleForm.Prefix).HeldOut(split.Test);
        var validation = split.Validation.ToDictionary(h => h.User, h => h.Event);

        Assert.NotEmpty(examples);
        Assert.All(examples, w =>
        {
            var (state, target) = Assert.Single(w.Targets);
            Assert.Equal(w.End - 1, state);
            Assert.True(log.TimeOf(state) < log.TimeOf(target));
            Assert.All(Enumerable.Range(split.Training.FirstEvent(w.User), split.Training.EndEvent(w.User) - split.Training.FirstEvent(w.User)),
                e => Assert.True(split.Training.TimeOf(e) < log.TimeOf(validation[w.User])));
        });
    }

    [Fact]
    public void Pre_training_holds_out_the_last_event_of_all_and_tests_on_nothing()
    {
        var log = Logs.Of([[(0, 0, 0), (1, 1, 0), (2, 2, 0), (9, 3, 1)]]);
        var last = HeldOutSplit.By(HoldOut.LastEvent, log, [true, true]);

        Assert.Equal([new HeldOutEvent(0, 3)], last.Validation);
        Assert.Empty(last.Test);
        Assert.Equal([0, 1, 2], Items(last.Training, 0));
        Assert.Null(last.Flow);

        // An event of another domain is no target, so it can't choose the epoch.
        var ofTargets = HeldOutSplit.By(HoldOut.LastEvent, log, [true, false]);
        Assert.Equal([new HeldOutEvent(0, 2)], ofTargets.Validation);
        Assert.Equal([0, 1], Items(ofTargets.Training, 0));
    }

    [Fact]
    public void Pre_training_leaves_out_what_is_marked_as_held_out()
    {
        var log = Logs.Marked([[(0, Train), (1, Train), (2, Train), (3, Valid), (4, Test)]]);
        var last = HeldOutSplit.By(HoldOut.LastEvent, log, [true]);

        Assert.Equal([0, 1], Items(last.Training, 0));
        Assert.Equal([0, 1, 2], Items(last.Flow!, 0));
        Assert.Equal(2, last.Flow!.ItemOf(Assert.Single(last.Validation).Event));
    }

    [Fact]
    public void Rows_are_what_they_are_marked_as_whatever_their_number_and_order()
    {
        // A training row lies between and behind held-out ones; several rows of a user are tested; one user is in the test alone.
        var log = Logs.Marked([[(0, Train), (1, Test), (2, Train), (3, Valid), (4, Test), (5, Train)], [(6, Test), (7, Test)]]);
        var split = HeldOutSplit.By(HoldOut.Targets, log, [true]);

        Assert.Equal([0, 2, 5], Items(split.Training, 0));
        Assert.Empty(Items(split.Training, 1));
        Assert.Equal([3], split.Validation.Select(h => log.ItemOf(h.Event)));
        Assert.Equal([1, 4, 7], split.Test.Select(h => log.ItemOf(h.Event)));
        Assert.Equal(1, split.WithoutHistory); // item 6 has nothing before it
        // A test sees everything before it, held out or not; training only its own rows.
        Assert.Equal([0, 1, 2, 3], new ExamplePlanner(log, [true], 9, ExampleForm.Prefix).HeldOut(split.Test)[1].Items.ToArray());
        Assert.Equal([(0, 1), (1, 2)], new ExamplePlanner(split.Training, [true], 9, ExampleForm.EveryPosition).Training().SelectMany(w => w.Targets));
    }

    [Fact]
    public void Without_validation_rows_the_last_training_row_stands_in()
    {
        var log = Logs.Marked([[(0, Train), (1, Train), (2, Train), (3, Test)], [(4, Train), (5, Train), (6, Test)]]);
        var split = HeldOutSplit.By(HoldOut.Targets, log, [true]);

        Assert.True(split.ValidatesOnTraining);
        Assert.Equal([2], split.Validation.Select(h => log.ItemOf(h.Event)));
        Assert.Equal([0, 1], Items(split.Training, 0));
        Assert.Equal([4, 5], Items(split.Training, 1)); // too few to give one away
    }

    [Fact]
    public void Rows_without_a_mark_train_where_they_lie_before_what_is_held_out()
    {
        var log = Logs.Marked([[(0, Open), (1, Train), (2, Open), (3, Valid), (4, Open), (5, Test)]]);
        var split = HeldOutSplit.By(HoldOut.Targets, log, [true]);
        Assert.Equal([0, 1, 2], Items(split.Training, 0));
    }

    [Fact]
    public void Marks_give_the_split_that_leave_one_out_gives_where_they_say_the_same()
    {
        var random = Logs.Random(users: 40, items: 25, longest: 20, seed: 3);
        var expected = HeldOutSplit.LeaveOneOut(random, [true, true]);
        var marks = new SplitPart[random.EventCount];
        Array.Fill(marks, Train);
        foreach (var h in expected.Validation) marks[h.Event] = Valid;
        foreach (var h in expected.Test) marks[h.Event] = Test;

        var split = HeldOutSplit.By(HoldOut.Targets, Logs.Marked(random, marks), [true, true]);

        Assert.Equal(expected.Validation, split.Validation);
        Assert.Equal(expected.Test, split.Test);
        Assert.All(Enumerable.Range(0, random.UserCount), user => Assert.Equal(Items(expected.Training, user), Items(split.Training, user)));
    }

    private static int[] Items(InteractionLog log, int user) => log.Items(log.FirstEvent(user), log.EndEvent(user)).ToArray();
}
