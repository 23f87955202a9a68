using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Tests.Data;

public class SeenTargetsTests
{
    [Theory]
    [InlineData(HoldOut.LastEvent, "", "", "garden")] // no domain named: all of them
    [InlineData(HoldOut.LastEvent, "home,garden", "home,garden", "garden")]
    [InlineData(HoldOut.LastEvent, "home,garden", "home", "garden")] // its events were history
    [InlineData(HoldOut.Targets, "home,garden", "home", "garden")]
    [InlineData(HoldOut.Targets, "", "home", "garden")]
    [InlineData(HoldOut.LastEvent, "home,office", "home,office", "")]
    [InlineData(HoldOut.Targets, "home,garden", "garden", "")] // held out as in the run that follows
    [InlineData(HoldOut.Targets, "home,garden", "home,garden", "garden")] // the last two events may both be of home
    public void Targets_that_pretraining_saw_to_their_end_are_named(HoldOut holdOut, string flow, string targets, string expected)
    {
        var source = new DataConfig { HoldOut = holdOut, Flow = Split(flow), Targets = Split(targets) };

        Assert.Equal(Split(expected), source.SeenTargets(["garden"]));
    }

    private static string[] Split(string domains) => domains.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
