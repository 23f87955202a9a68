using System.Globalization;
using System.Text.Json.Nodes;
using Serilog;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>A shop and runs on it that train in a fraction of a second: two epochs of two steps, with an average of the weights.</summary>
internal sealed class SmallRun : IDisposable
{
    private const int Items = 12;
    private readonly Shop _shop = new();

    public SmallRun() => _shop.Write(Shop.Items(Items), Shop.Events(Items));

    /// <summary>What was logged.</summary>
    public List<string> Said { get; } = [];

    public Shop Shop => _shop;

    public string this[string name] => _shop[name];

    /// <summary>How many faults a test tries: its own number, or that of <c>UNIM2REC_FAULTS</c> where it is set.</summary>
    public static int Faults(int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable("UNIM2REC_FAULTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : standard;

    public RunConfig Config(int epochs = 2) => new()
    {
        Data = new() { Dataset = _shop.Dataset, Features = _shop.Features, Targets = [Shop.Domain], MaxLength = 6 },
        Model = new() { Width = 4, Layers = 1, Heads = 2, FeedForward = 4, Experts = 1 },
        Training = new() { Epochs = epochs, BatchTargets = 40, Device = "cpu", LearningRate = 5e-3, Averaging = 0.5, Threads = 1 },
    };

    public WorkContext Context(CancellationToken cancellation = default) =>
        new(new LoggerConfiguration().WriteTo.Sink(new LogLines(Said)).CreateLogger(), Progress.None, cancellation);

    /// <summary>Trains a run from its beginning.</summary>
    public RunFolder Train(string name, int epochs = 2) => Train(name, Config(epochs));

    /// <inheritdoc cref="Train(string, int)"/>
    public RunFolder Train(string name, RunConfig config)
    {
        using var session = Session.Create(config, RunFolder.Create(_shop[name], resume: false, overwrite: false), Context());
        session.Train();
        return RunFolder.Open(_shop[name]);
    }

    /// <summary>Does what <c>--resume</c> does: goes on with a run, or begins it where there is none.</summary>
    public RunFolder Resume(string name, int epochs = 2) => Resume(name, Config(epochs));

    /// <inheritdoc cref="Resume(string, int)"/>
    /// <remarks>Where nothing fails, nothing need be flushed to the medium.</remarks>
    public RunFolder Resume(string name, RunConfig config)
    {
        var run = RunFolder.Create(_shop[name], resume: true, overwrite: false).With(Testing.FaultyStorage.Sound);
        using var session = run.HasRun ? Session.Resume(config, run, Context()) : Session.Create(config, run, Context());
        session.Train();
        return run;
    }

    /// <summary>Copies a run, so that it can be damaged.</summary>
    public RunFolder Copy(RunFolder run, string name)
    {
        if (Directory.Exists(_shop[name])) Directory.Delete(_shop[name], recursive: true);
        Directory.CreateDirectory(_shop[name]);
        foreach (string file in Directory.GetFiles(run.Path)) File.Copy(file, Path.Combine(_shop[name], Path.GetFileName(file)));
        return new RunFolder(_shop[name]);
    }

    /// <summary>The lines of metrics.jsonl without what depends on time.</summary>
    public static string[] Metrics(RunFolder run) => [.. File.ReadAllLines(run.Metrics).Select(line =>
    {
        var entry = JsonNode.Parse(line)!.AsObject();
        foreach (string timing in new[] { "targetsPerSecond", "trainingSeconds", "validationSeconds", "checkpointSeconds", "peakMemoryMiB", "checksum" }) Assert.True(entry.Remove(timing));
        return entry.ToJsonString();
    })];

    public void Dispose() => _shop.Dispose();
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines(List<string> lines) : Serilog.Core.ILogEventSink
{
    public void Emit(Serilog.Events.LogEvent logEvent) => lines.Add(logEvent.RenderMessage(CultureInfo.InvariantCulture));
}
