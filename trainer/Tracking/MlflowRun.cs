using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Tracking;

/// <summary>
/// A run in a folder that MLflow's file store reads: <c>EXPERIMENT/RUN/</c> with <c>meta.yaml</c>, <c>params/</c>, <c>metrics/</c> and <c>tags/</c>, a file each. An
/// experiment is a catalogue, and a run is the run of one folder, so that it is the same when it goes on.
/// </summary>
/// <param name="store">The folder, as <c>mlflow ui --backend-store-uri</c> takes it.</param>
/// <param name="run">The run.</param>
/// <param name="config">Its configuration.</param>
public sealed class MlflowRun(string store, RunFolder run, RunConfig config)
{
    private const int LocalSource = 4;
    private readonly string _experiment = NumberOf(Path.TrimEndingDirectorySeparator(config.Data.Dataset));
    private readonly string _id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.Path)))[..32];

    /// <summary>The run's folder in the store.</summary>
    public string Folder => Path.Combine(store, _experiment, _id);

    /// <summary>Makes the store say what the run has done.</summary>
    /// <param name="epochs">All epochs that are done.</param>
    /// <param name="status">How it stands.</param>
    /// <param name="now">The time.</param>
    public void Write(IReadOnlyList<TrackedEpoch> epochs, TrackedStatus status, DateTimeOffset now)
    {
        // A run that begins anew in its folder takes the former one's place.
        if (epochs.Count == 0 && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        foreach (string part in new[] { "params", "metrics", "tags", "artifacts" }) Directory.CreateDirectory(Path.Combine(Folder, part));
        string meta = Path.Combine(Folder, "meta.yaml");
        long start = StartOf(meta) ?? now.ToUnixTimeMilliseconds() - (long)(1000 * epochs.Sum(e => e.Seconds));
        WriteExperiment(start);
        foreach (var (key, value) in RunIdentity.SettingsOf(config)) Put(Path.Combine("params", key), value);
        Put(Path.Combine("tags", "mlflow.runName"), run.Name);
        Put(Path.Combine("tags", "mlflow.source.type"), "LOCAL");
        Put(Path.Combine("tags", "run.folder"), run.Path);
        WriteMetrics(epochs, start);
        AtomicFile.WriteText(meta, Yaml(
            ("artifact_uri", Uri(Path.Combine(Folder, "artifacts"))), ("end_time", status == TrackedStatus.Running ? null : now.ToUnixTimeMilliseconds()), ("entry_point_name", ""),
            ("experiment_id", _experiment), ("lifecycle_stage", "active"), ("run_id", _id), ("run_name", run.Name), ("run_uuid", _id), ("source_name", ""),
            ("source_type", LocalSource), ("source_version", ""), ("start_time", start), ("status", (int)status), ("tags", Array.Empty<string>()), ("user_id", Environment.UserName)));
    }

    private void WriteExperiment(long time)
    {
        string meta = Path.Combine(store, _experiment, "meta.yaml");
        if (FileKinds.Of(meta) != FileKind.Missing) return;
        string dataset = Path.TrimEndingDirectorySeparator(config.Data.Dataset);
        AtomicFile.WriteText(meta, Yaml(
            ("artifact_location", Uri(Path.Combine(store, _experiment))), ("creation_time", time), ("experiment_id", _experiment), ("last_update_time", time),
            ("lifecycle_stage", "active"), ("name", $"{Path.GetFileName(dataset)} ({dataset})")));
    }

    private void WriteMetrics(IReadOnlyList<TrackedEpoch> epochs, long start)
    {
        var lines = new Dictionary<string, StringBuilder>();
        double time = start;
        foreach (var epoch in epochs)
        {
            time += 1000 * epoch.Seconds;
            foreach (var (name, value) in epoch.Values)
            {
                if (!lines.TryGetValue(name, out var text)) lines[name] = text = new();
                text.Append(CultureInfo.InvariantCulture, $"{(long)time} {value:R} {epoch.Epoch}\n");
            }
        }

        foreach (var (name, text) in lines) Put(Path.Combine("metrics", name), text.ToString());
    }

    private void Put(string name, string content)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        GrowingFile.Bring(path, Encoding.UTF8.GetBytes(content));
    }

    private static long? StartOf(string meta)
    {
        const string key = "start_time: ";
        if (FileKinds.Of(meta) == FileKind.Missing) return null;
        RegularFile.Require(meta);
        return File.ReadLines(meta).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line && long.TryParse(line[key.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long start) ? start : null;
    }

    /// <summary>Experiments are called by numbers; this one is the catalogue's in every run.</summary>
    private static string NumberOf(string text) => (BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text))) % 1_000_000_000_000_000_000).ToString("D18", CultureInfo.InvariantCulture);

    private static string Uri(string path) => new UriBuilder { Scheme = System.Uri.UriSchemeFile, Host = "", Path = Path.GetFullPath(path) }.Uri.AbsoluteUri;

    /// <summary>JSON's values are YAML's.</summary>
    private static string Yaml(params (string Key, object? Value)[] entries) => string.Concat(entries.Select(e => $"{e.Key}: {JsonSerializer.Serialize(e.Value)}\n"));
}

/// <summary>How a tracked run stands, by MLflow's numbers.</summary>
public enum TrackedStatus
{
    /// <summary>It is at work, or was killed.</summary>
    Running = 1,

    /// <summary>It was trained to its end.</summary>
    Finished = 3,

    /// <summary>It came to an error.</summary>
    Failed = 4,

    /// <summary>The user stopped it.</summary>
    Stopped = 5,
}
