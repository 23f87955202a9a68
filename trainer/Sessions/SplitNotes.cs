using Serilog;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Says what about a split its user would not expect.</summary>
internal static class SplitNotes
{
    public static void Say(TrainingData data, ILogger log)
    {
        var split = data.Split;
        if (data.ColdItems.Length > 0)
        {
            log.Information(
                "Training does not see {Cold:N0} of {Items:N0} items (data.coldItems); evaluate ranks them too, as 'seen never'", data.ColdItems.Length, data.Candidates.Length);
        }

        if (data.LeftOutEvents > 0) log.Information("Training does not see {Events:N0} events of the target domains (data.targetEvents)", data.LeftOutEvents);
        if (split.ValidatesOnTraining) log.Information("No row is marked as valid, so each user's last training event chooses the epoch");
        if (split.WithoutHistory > 0)
        {
            log.Information(
                "{Events:N0} held-out events are left out, as their users have no event before them ({Rule:l}; docs/CONFIG.md, data.sameTime)",
                split.WithoutHistory, split.Training.SameTimeRule == Configuration.SameTime.Hidden ? "events of the same time do not count" : "nor one of the same time that counts");
        }
    }
}
