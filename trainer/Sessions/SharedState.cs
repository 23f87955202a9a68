using System.Text.Json;
using System.Text.Json.Serialization;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Distributed;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Gives the processes that train together the state of the first one, which alone reads and writes the run's folder.</summary>
internal static class SharedState
{
    private static readonly JsonSerializerOptions Form = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IgnoreReadOnlyProperties = true };

    /// <summary>Makes every process go on from the first one's state.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="state">Takes it.</param>
    /// <param name="position">Where the first one stands; others' is not looked at.</param>
    /// <returns>Where the first one stands.</returns>
    /// <exception cref="UserErrorException">This process reads other features than the first.</exception>
    public static RunPosition OfFirst(ICommunicator ranks, RunState state, RunPosition position)
    {
        if (ranks.Size == 1) return position;
        var (model, features, optimizer, average) = state;
        string first = ranks.Broadcast(features.Fingerprint);
        if (first != features.Fingerprint)
            throw new UserErrorException($"Process {ranks.Rank + 1} of {ranks.Size}, on {Environment.MachineName}, reads other features than the first one; give all machines the same catalogue and features.");
        using var scope = NewDisposeScope();
        features.Statistics = [.. features.Names.Zip(features.Widths, (_, width) =>
        {
            var mean = zeros(width + 1);
            return (Width: width, Values: mean);
        }).Select((held, m) =>
        {
            if (ranks.Rank == 0) held.Values.copy_(tensor([.. features.Statistics[m].Mean, features.Statistics[m].Deviation]));
            ranks.Broadcast([held.Values]);
            float[] values = held.Values.data<float>().ToArray();
            return new FeatureStatistics(values[..held.Width], values[held.Width]);
        })];
        ranks.Broadcast([.. Checkpoint.NamedWeights(model).Concat(optimizer.State).Concat(average?.State ?? []).Select(t => t.Value)]);
        position = JsonSerializer.Deserialize<RunPosition>(ranks.Broadcast(JsonSerializer.Serialize(position, Form)), Form)!;
        var fewer = JsonSerializer.Deserialize<Dictionary<string, long>>(ranks.Broadcast(JsonSerializer.Serialize(optimizer.Fewer.ToDictionary(f => f.Name, f => f.Steps))))!;
        optimizer.ContinueFrom(position.TotalSteps, name => fewer.TryGetValue(name, out long steps) ? steps : null);
        return position;
    }
}
