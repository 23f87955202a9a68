using System.Diagnostics;
using System.Globalization;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;
using static TorchSharp.torch;
using Progress = UniM2Rec.Diagnostics.Progress;

namespace UniM2Rec.Benchmarks;

/// <summary>Time and memory of a run's stages on a large catalogue, each beside the process's peak so far; one case a process, as a peak never falls.</summary>
internal static class ScaleBenchmark
{
    private const int Warm = 3;

    /// <param name="preset">Settings that come with the trainer.</param>
    /// <param name="settings">key=value, after the preset's; data.dataset, data.features and data.targets among them.</param>
    /// <param name="steps">Steps that are timed.</param>
    /// <param name="users">Users of the validation split that are ranked for.</param>
    /// <param name="whole">Whether an epoch, its validation and the fit of the score combination follow.</param>
    public static void Run(string preset, string[] settings, int steps, int users, bool whole)
    {
        var config = JsonConfig.Load(Presets.PathOf(preset), ["training.epochs=1", .. settings], new RunConfig());
        var clock = Stopwatch.StartNew();
        using var bench = new Bench(config);
        Say("opened", clock, $"{bench.Data.Candidates.Length:N0} candidates, {bench.Examples.Sum(e => (long)e.Targets.Count):N0} targets");
        clock.Restart();
        bench.BeginEpoch();
        var batches = EpochPlan.Batches(bench.Examples, config.Training.BatchTargets, 1, 0);
        for (int i = 0; i < Warm; i++) bench.Loop.Step(batches[i], (ulong)i).Dispose();
        Say("warm", clock, "");
        clock.Restart();
        long targets = 0;
        var processor = ProcessorTime();
        for (int i = 0; i < steps; i++)
        {
            var batch = batches[(Warm + i) % batches.Count];
            targets += batch.Sum(w => w.Targets.Count);
            bench.Loop.Step(batch, (ulong)(100 + i)).Dispose();
        }

        Say("steps", clock, string.Create(CultureInfo.InvariantCulture, $"{targets / clock.Elapsed.TotalSeconds:N0} targets/s, {clock.Elapsed.TotalMilliseconds / steps:N0} ms and {(ProcessorTime() - processor).TotalMilliseconds / steps:N0} processor ms a step of {targets / steps:N0} targets"));
        if (users > 0) Rank(bench, config, users);
        if (whole) bench.Train();
    }

    private static void Rank(Bench bench, RunConfig config, int users)
    {
        bench.Model.eval();
        var examples = new ExamplePlanner(bench.Data.HeldOutLog, bench.Data.IsTarget, config.Data.MaxLength, ExampleForm.Prefix).HeldOut(bench.Data.Split.Validation.Take(users));
        var clock = Stopwatch.StartNew();
        using var catalogue = EncodedCatalogue.Encode(bench.Model, bench.Features, bench.Data.Candidates, bench.Data.FlowRows);
        Say("items encoded", clock, $"{bench.Data.FlowRows.Length:N0} items");
        clock.Restart();
        new FullRanking(bench.Model, catalogue, null) { BatchUsers = config.Evaluation.BatchUsers }.Ranks(examples, Progress.None.Start("", null, "users"), CancellationToken.None);
        Say("ranked", clock, string.Create(CultureInfo.InvariantCulture, $"{examples.Count / clock.Elapsed.TotalSeconds:N0} users/s"));
    }

    private static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    /// <summary>A line with a stage's time and the process's peak so far.</summary>
    internal static void Say(string stage, Stopwatch clock, string more)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage,-14} {clock.Elapsed.TotalSeconds,7:F1} s  peak {Peak() >> 20,6:N0} MiB  {more}"));
    }

    /// <summary>Bytes that were resident at most.</summary>
    internal static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
