using System.Text.Json;

namespace UniM2Rec.Trainer.Tracking;

/// <summary>What trackers are told of an epoch.</summary>
/// <param name="Epoch">Which, from 1.</param>
/// <param name="Seconds">How long training and validating took.</param>
/// <param name="Values">By name: the loss, the rate, and the validation figures.</param>
public sealed record TrackedEpoch(int Epoch, double Seconds, IReadOnlyList<(string Name, double Value)> Values)
{
    /// <summary>Of the lines of <c>metrics.jsonl</c>.</summary>
    public static IReadOnlyList<TrackedEpoch> Of(IReadOnlyList<string> lines) => [.. lines.Select(Parse)];

    private static TrackedEpoch Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var epoch = document.RootElement;
        double Number(string key) => epoch.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
        var values = new List<(string, double)> { ("loss", Number("loss")), ("targets_per_second", Number("targetsPerSecond")) };
        if (epoch.TryGetProperty("validation", out var figures)) values.AddRange(figures.EnumerateObject().Select(f => ($"validation/{f.Name.Replace("@", "_at_", StringComparison.Ordinal)}", f.Value.GetDouble())));
        return new((int)Number("epoch"), Number("trainingSeconds") + Number("validationSeconds"), values);
    }
}
