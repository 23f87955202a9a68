using System.Globalization;
using System.Text.Json;
using Serilog;
using UniM2Rec.SafeTensors;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>What each run cost: epochs, time, and the size of what was learned.</summary>
internal static class CostSection
{
    /// <summary>The section.</summary>
    public static ReportSection Of(IReadOnlyList<RunFolder> runs, IReadOnlyList<string> names, ILogger log) => new("cost", "Cost")
    {
        Tables = [new("Training", ["run", "model", "epochs", "training", "validation", "checkpoints", "targets/s", "peak memory", "parameters", "weights"], [.. runs.Select((run, i) => Row(names[i], run, MetricsFile.Of(run, log)))])],
    };

    private static ReportRow Row(string name, RunFolder run, IReadOnlyList<EpochMetrics> epochs)
    {
        double training = 0, validation = 0, checkpoints = 0, rate = 0, memory = 0;
        foreach (var epoch in epochs)
        {
            using var line = JsonDocument.Parse(epoch.Line);
            training += Number(line.RootElement, "trainingSeconds");
            validation += Number(line.RootElement, "validationSeconds");
            checkpoints += Number(line.RootElement, "checkpointSeconds");
            rate += Number(line.RootElement, "targetsPerSecond") / epochs.Count;
            memory = Math.Max(memory, Number(line.RootElement, "peakMemoryMiB"));
        }

        var (parameters, bytes) = Weights(run.Best);
        return new(name,
        [
            new(Models.ModelRegistry.Find(run.LoadConfig().Model.Kind).Title), Text($"{epochs.Count}"), Text($"{training:N1} s"), Text($"{validation:N1} s"), Text($"{checkpoints:N1} s"), Text($"{rate:N0}"),
            memory == 0 ? new("-") : Text($"{memory:N0} MiB"),
            parameters is null ? new("-") : Text($"{parameters:N0}"), bytes is null ? new("-") : Text($"{bytes / (double)(1 << 20):N1} MiB"),
        ]);
    }

    private static (long? Parameters, long? Bytes) Weights(string path)
    {
        if (FileKinds.Of(path) != FileKind.Regular) return (null, null);
        using var file = SafeTensorsFile.Open(path);
        return (file.Entries.Sum(entry => entry.Shape.Aggregate(1L, (product, side) => product * side)), new FileInfo(path).Length);
    }

    private static double Number(JsonElement line, string name) => line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    private static ReportCell Text(FormattableString text) => new(text.ToString(CultureInfo.InvariantCulture));
}
