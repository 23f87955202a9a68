namespace UniM2Rec.Trainer.Data;

/// <summary>The events of an example that a training step shows the network: all, or those of the domains that are predicted.</summary>
/// <param name="positions">Their positions among the example's inputs, ascending; null for all.</param>
/// <param name="count">How many they are.</param>
internal sealed class ShownEvents(int[]? positions, int count)
{
    /// <summary>How many they are.</summary>
    public int Count => count;

    /// <summary>Position, among the example's inputs, of the event that is shown at <paramref name="index"/>.</summary>
    public int this[int index] => positions is null ? index : positions[index];

    /// <summary>Index, among the events that are shown, of the latest up to a position of the inputs that a target is predicted from.</summary>
    public int IndexOf(int position)
    {
        if (positions is null) return position;
        int found = Array.BinarySearch(positions, position);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The example with those of its targets alone that have an event before them which is shown.</summary>
    /// <param name="example">The example that they are of.</param>
    public Example Predicted(Example example) =>
        positions is null || IndexOf(example.Targets[0].State - example.First) >= 0 ? example : example with { Targets = [.. example.Targets.Where(t => IndexOf(t.State - example.First) >= 0)] };

    /// <summary>
    /// Chooses them. What is withheld is withheld altogether: a single event of another domain, kept for a target that has no other before it, would stand in the
    /// histories of all later targets and tell the user by it, which training learns by heart. An example none of whose targets could do without is shown whole.
    /// </summary>
    /// <param name="example">The example.</param>
    /// <param name="foreignDropout">Share of the examples of which other domains' events are withheld.</param>
    /// <param name="seed">What is drawn is a function of it and the example.</param>
    public static ShownEvents Of(Example example, double foreignDropout, ulong seed)
    {
        var all = new ShownEvents(null, example.Length);
        if (foreignDropout <= 0 || example.IsTarget is null) return all;
        if (SplitMix64.ToUnit(SplitMix64.MixAll((long)seed, example.User, example.First - example.Log.FirstEvent(example.User))) >= foreignDropout) return all;
        int[] own = [.. Enumerable.Range(0, example.Length).Where(example.IsOwn)];
        bool hasTarget = own.Length > 0 && example.Targets[^1].State - example.First >= own[0];
        return hasTarget && own.Length < example.Length ? new ShownEvents(own, own.Length) : all;
    }
}
