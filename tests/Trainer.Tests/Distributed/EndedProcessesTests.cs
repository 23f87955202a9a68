using System.Diagnostics;
using UniM2Rec.CommandLine;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Distributed;

/// <summary>Trainings by several processes that end before their time, and go on with as many others.</summary>
public sealed class EndedProcessesTests : IDisposable
{
    private const double Tolerance = 1e-3; // some steps on, after which rounding has grown
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);
    private static readonly string[] Verb =
        ["pretrain", "--set", "model.width=8", "--set", "model.heads=2", "--set", "model.feedForward=8", "--set", "model.dropout=0", "--set", "model.adaptor=linear", "--set", "objective.sequenceContrast=0",
         "--set", "training.batchTargets=60", "--set", "training.learningRate=1e-3", "--set", "training.patience=1000000"];

    private readonly SeveralProcesses _ranks = new();

    public void Dispose() => _ranks.Dispose();

    [Fact]
    public async Task Two_of_which_one_is_killed_end_and_the_run_goes_on_with_one_and_then_with_three_as_if_nothing_had_been()
    {
        Assert.SkipUnless(SeveralProcesses.HasLauncher, SeveralProcesses.NoLauncher);
        using var job = SeveralProcesses.Start(2, _ranks.Line("killed", [.. Verb, "--epochs", "100000"]));
        var errors = job.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = job.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var run = _ranks.Run("killed");
        while (!job.HasExited && !File.Exists(run.Metrics)) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(job.HasExited, "it ended by itself");
        using var first = Process.GetProcessById(ProcessOf(rank: 0, job));
        using (var second = Process.GetProcessById(ProcessOf(rank: 1, job))) second.Kill();
        var clock = Stopwatch.StartNew();
        Assert.True(job.WaitForExit(MostTime) && first.WaitForExit(MostTime - clock.Elapsed), "the job goes on without one of its processes");
        Assert.NotEqual(ExitCodes.Done, job.ExitCode);
        Assert.Contains("exited on signal 9", await errors + await output, StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines(run.Log), line => line.Contains("] Epoch 1: ", StringComparison.Ordinal));

        int done = RunCheckpoints.NewestPosition(run)!.Epoch;
        foreach (var (processes, more) in new[] { (1, 1), (3, 2) })
        {
            var went = _ranks.Train(processes, "killed", [.. Verb, "--epochs", $"{done + more}", "--resume"]);
            Assert.True(went.Code == ExitCodes.Done, went.Errors);
        }

        var whole = _ranks.Train(1, "whole", [.. Verb, "--epochs", $"{done + 2}"]);
        Assert.True(whole.Code == ExitCodes.Done, whole.Errors);
        Assert.Equal(SeveralProcesses.Losses(_ranks.Run("whole")), SeveralProcesses.Losses(run), (a, b) => Math.Abs(a - b) <= Tolerance);
    }

    [Fact]
    public void What_none_of_them_can_do_is_said_once()
    {
        Assert.SkipUnless(SeveralProcesses.HasLauncher, SeveralProcesses.NoLauncher);
        var refused = _ranks.Train(2, "refused", "pretrain", "--set", "model.kind=nonsense");
        Assert.Equal(ExitCodes.WrongUsage, refused.Code);
        Assert.Single((refused.Output + refused.Errors).Split('\n'), line => line.Contains("error: ", StringComparison.Ordinal));

        var tuned = _ranks.Train(2, "tuned", "tune");
        Assert.Equal(ExitCodes.WrongUsage, tuned.Code);
        Assert.Single((tuned.Output + tuned.Errors).Split('\n'), line => line.Contains("error: 'tune' was started as 2 processes", StringComparison.Ordinal));
    }

    /// <summary>The process, among those that a job started, that has a number.</summary>
    private static int ProcessOf(int rank, Process job)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => Path.GetFileName(f).All(char.IsAsciiDigit)))
        {
            try
            {
                string[] status = File.ReadAllLines(Path.Combine(folder, "status"));
                if (!status.Contains($"PPid:\t{job.Id}")) continue;
                if (File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains($"OMPI_COMM_WORLD_RANK={rank}"))
                    return int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another user's.
            }
        }

        throw new InvalidOperationException($"the job has no process of number {rank}");
    }
}
