using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Commands;

/// <summary>
/// Which target domains a run to start from has already been trained on with other events held out than those that the run that starts from it
/// is validated and tested with: <c>pretrain</c> holds out each user's last event of all, and over several target domains each user's last two.
/// </summary>
internal static class SeenTargets
{
    /// <param name="source">What the run to start from was trained on.</param>
    /// <param name="targets">Target domains of the run that starts from it.</param>
    public static IReadOnlyList<string> Of(DataConfig source, IReadOnlyList<string> targets)
    {
        var seen = source.Targets.Count > 0 ? source.Targets : source.Flow; // neither: all domains
        if (source.HoldOut == HoldOut.Targets && seen.ToHashSet().SetEquals(targets)) return [];
        return targets.Where(t => seen.Count == 0 || seen.Contains(t)).ToList();
    }
}
