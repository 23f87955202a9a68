using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Commands;

/// <summary>
/// Which target domains a run to start from has already been trained on, later events included: <c>pretrain</c> holds out each user's last event
/// of all, not the events of a target domain that a fine-tuned run is validated and tested with.
/// </summary>
internal static class SeenTargets
{
    /// <param name="source">What the run to start from was trained on.</param>
    /// <param name="targets">Target domains of the run that starts from it.</param>
    public static IReadOnlyList<string> Of(DataConfig source, IReadOnlyList<string> targets)
    {
        if (source.HoldOut != HoldOut.LastEvent) return [];
        var seen = source.Targets.Count > 0 ? source.Targets : source.Flow; // neither: all domains
        return targets.Where(t => seen.Count == 0 || seen.Contains(t)).ToList();
    }
}
