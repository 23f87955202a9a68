using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serilog;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// A run's <c>metrics.jsonl</c>: one line an epoch. Its lines are kept in the checkpoint too, and it is written whole from there, so that it never says
/// more or less than the run has done.
/// </summary>
public static class MetricsFile
{
    private const long Longest = 256 << 20;
    private const string Checksum = ",\"checksum\":\"";
    private const int Digits = 16;

    /// <summary>Puts the lines of the epochs that are done in the place of what is there.</summary>
    /// <exception cref="UserErrorException">They can't be written.</exception>
    public static void Write(RunFolder run, RunPosition position)
    {
        if (position.Metrics is not { Count: > 0 } lines)
        {
            AtomicFile.Delete(run.Metrics, run.Storage);
            return;
        }

        AtomicFile.Write(run.Metrics, stream => stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")), run.Storage);
    }

    /// <summary>A line with <c>checksum</c> as its last field: the first digits of the SHA-256 of the line without it.</summary>
    /// <param name="line">A JSON object.</param>
    public static string WithChecksum(string line) => $"{line[..^1]}{Checksum}{HashOf(line)}\"}}";

    /// <summary>The lines of the first epochs, each once and in their order, of a file whose lines may be torn or there twice.</summary>
    /// <param name="path">The file; where it is missing there are none.</param>
    /// <param name="epochs">How many epochs are done.</param>
    /// <param name="log">Takes what is passed over.</param>
    public static IReadOnlyList<string> Epochs(string path, int epochs, ILogger log)
    {
        var lines = new SortedDictionary<int, string>();
        foreach (var (epoch, line) in Read(path, log).Select(e => (e.Epoch, e.Line)))
        {
            if (epoch >= 1 && epoch <= epochs) lines[epoch] = line;
        }

        return [.. lines.Values];
    }

    /// <summary>
    /// The epochs that a run has done. A file that was cut at a line's end looks whole, so the run's newest checkpoint says how many there are; its lines
    /// stand in for those that the file lacks, which is warned of.
    /// </summary>
    /// <param name="run">The run; where it has no epoch yet there are none.</param>
    /// <param name="log">Takes warnings.</param>
    /// <exception cref="UserErrorException">The file can't be read.</exception>
    public static IReadOnlyList<EpochMetrics> Of(RunFolder run, ILogger log)
    {
        // Before the file, which a run under way writes before its checkpoint: so the file has no fewer epochs.
        var position = RunCheckpoints.NewestPosition(run);
        var epochs = new SortedDictionary<int, EpochMetrics>();
        foreach (var epoch in Read(run.Metrics, log)) epochs[epoch.Epoch] = epoch;
        if (position is null) return [.. epochs.Values];
        int lacking = Enumerable.Range(1, position.Epoch).Count(epoch => !epochs.ContainsKey(epoch));
        if (lacking == 0) return [.. epochs.Values];
        int known = epochs.Count;
        foreach (var epoch in (position.Metrics ?? []).Select(line => Parse(Encoding.UTF8.GetBytes(line))).OfType<EpochMetrics>()) epochs.TryAdd(epoch.Epoch, epoch);
        bool isWhole = epochs.Count - known == lacking;
        log.Warning(
            "{File:l} has no line of {Lacking} of the {Epochs} epochs that its run has done; {Rest:l}",
            run.Metrics, lacking, position.Epoch, isWhole ? "they are taken from the run's checkpoint, and --resume writes them into the file again" : "the run is shown without them");
        return [.. epochs.Values];
    }

    /// <summary>Reads the lines that are whole, and warns of the others.</summary>
    /// <param name="path">The file; where it is missing there are none.</param>
    /// <param name="log">Takes the warning.</param>
    /// <exception cref="UserErrorException">The file can't be read.</exception>
    public static IReadOnlyList<EpochMetrics> Read(string path, ILogger log)
    {
        if (FileKinds.Of(path) == FileKind.Missing) return [];
        byte[] content = RegularFile.ReadBytes(path, "one line an epoch", Longest);
        // A run that has no epoch yet has no such file.
        if (content.Length == 0) log.Warning("{File:l} is empty, though it is there since an epoch was done; passed over", path);
        var epochs = new List<EpochMetrics>();
        var passed = new List<int>();
        int number = 0;
        for (int first = 0; first < content.Length;)
        {
            int length = content.AsSpan(first).IndexOf((byte)'\n');
            var line = content.AsMemory(first, length < 0 ? content.Length - first : length);
            first += line.Length + 1;
            number++;
            if (Parse(line) is { } epoch) epochs.Add(epoch);
            else if (!line.Span.Trim((byte)' ').IsEmpty) passed.Add(number);
        }

        if (passed.Count > 0)
        {
            log.Warning(
                "{File:l} has {Lines} that can't be read, as line {First}; passed over",
                path, passed.Count == 1 ? "one line" : string.Create(CultureInfo.InvariantCulture, $"{passed.Count:N0} lines"), passed[0]);
        }

        return epochs;
    }

    private static EpochMetrics? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonFile.Parse(line);
            string text = Encoding.UTF8.GetString(line.Span);
            if (text.LastIndexOf(Checksum, StringComparison.Ordinal) is var at and >= 0 && WithChecksum(text[..at] + "}") != text) return null;
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("epoch", out var epoch) || epoch.ValueKind != JsonValueKind.Number || !epoch.TryGetInt32(out int number) || number < 1
                || !root.TryGetProperty("loss", out var loss) || Number(loss) is not { } mean
                || !root.TryGetProperty("validation", out var validation) || validation.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var figures = new Dictionary<string, double>();
            foreach (var figure in validation.EnumerateObject())
            {
                if (Number(figure.Value) is not { } value) return null;
                figures[figure.Name] = value;
            }

            return figures.Count == 0 ? null : new EpochMetrics(number, mean, figures, text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string HashOf(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)))[..Digits];

    private static double? Number(JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out double value) && double.IsFinite(value) ? value : null;
}

/// <summary>What a line of <c>metrics.jsonl</c> says.</summary>
/// <param name="Epoch">Which epoch, from 1.</param>
/// <param name="Loss">The mean loss of its steps.</param>
/// <param name="Validation">Figures on the validation split, by name; at least one.</param>
/// <param name="Line">The line as it is.</param>
public sealed record EpochMetrics(int Epoch, double Loss, IReadOnlyDictionary<string, double> Validation, string Line);
