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

    /// <summary>Chooses them.</summary>
    /// <param name="example">The example.</param>
    /// <param name="foreignDropout">Share of the examples of which other domains' events are withheld.</param>
    /// <param name="seed">What is drawn is a function of it and the example.</param>
    public static ShownEvents Of(Example example, double foreignDropout, ulong seed)
    {
        var all = new ShownEvents(null, example.Length);
        if (foreignDropout <= 0 || example.IsTarget is null) return all;
        if (SplitMix64.ToUnit(SplitMix64.MixAll((long)seed, example.User, example.First - example.Log.FirstEvent(example.User))) >= foreignDropout) return all;
        // A target without an event of its kind before it is predicted from what there is.
        int[] shown = [.. Enumerable.Range(0, example.Length).Where(example.IsOwn).Union(example.Targets.Select(t => example.LatestOwn(t.State - example.First))).Order()];
        return shown.Length == example.Length ? all : new ShownEvents(shown, shown.Length);
    }
}
