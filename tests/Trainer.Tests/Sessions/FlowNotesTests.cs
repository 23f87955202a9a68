using Serilog;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>Times of several units in one flow, which orders a user's events by them.</summary>
public sealed class FlowNotesTests
{
    private const double Seconds = 1.6e9, Milliseconds = 1.6e12;

    [Theory]
    [InlineData(Seconds, Milliseconds, "seconds", "milliseconds")]
    [InlineData(1, Seconds, "no unit that can be told", "seconds")]
    [InlineData(1.6e15, 1.6e18, "microseconds", "nanoseconds")]
    public void Domains_whose_times_differ_in_unit_are_warned_of_with_how_many_users_it_mixes(double a, double b, string unitOfA, string unitOfB)
    {
        string said = Assert.Single(Said([(0, a, 0), (1, a + 1, 0), (2, b, 1)], [(0, a, 0), (2, b, 1)], [(0, a, 0)]));

        Assert.StartsWith($"a has times in {unitOfA}, b in {unitOfB}, by their size, so that what 2 users did", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Domains_of_one_unit_or_without_a_user_in_both_are_not()
    {
        Assert.Empty(Said([(0, Seconds, 0), (1, Seconds + 1, 1)]));
        Assert.Empty(Said([(0, 1, 0), (1, 2, 1), (2, 3, 2)]));
        Assert.Empty(Said([(0, Seconds, 0)], [(1, Milliseconds, 1)]));
    }

    [Fact]
    public void One_domain_of_two_units_is() =>
        Assert.Contains("The domain a has 2 events with times in seconds and 1 in milliseconds", Assert.Single(Said([(0, Seconds, 0), (1, Seconds + 1, 0), (2, Milliseconds, 0)])), StringComparison.Ordinal);

    [Fact]
    public void A_command_on_a_hand_made_catalogue_warns()
    {
        using var small = new SmallRun();
        small.Shop.Write(Shop.Items(12), [.. Shop.Events(12).Select((e, i) => e with { Time = i == 0 ? 1_600_000_000 : e.Time })]);
        small.Train("run", epochs: 1);
        Assert.Contains(small.Said, line => line.Contains("with times in no unit that can be told and 1 in seconds", StringComparison.Ordinal));
    }

    private static List<string> Said(params (int Item, double Time, int Domain)[][] users)
    {
        var lines = new List<string>();
        using var log = new LoggerConfiguration().WriteTo.Sink(new LogLines(lines)).CreateLogger();
        FlowNotes.Say(Logs.Of(users), log);
        return lines;
    }
}
