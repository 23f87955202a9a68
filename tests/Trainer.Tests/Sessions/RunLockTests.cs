using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>One program at a time trains in a run folder.</summary>
public sealed class RunLockTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Fact]
    public void A_second_training_is_refused_with_who_holds_the_folder_and_changes_nothing()
    {
        var run = _small.Train("run");
        using var first = Session.Resume(_small.Config(), run, _small.Context());
        var before = Content(run);

        var resumed = Assert.Throws<UserErrorException>(() => Session.Resume(_small.Config(), run, _small.Context()));
        var replaced = Assert.Throws<UserErrorException>(() => Session.Create(_small.Config(), RunFolder.Create(run.Path, resume: false, overwrite: true), _small.Context()));

        foreach (var error in new[] { resumed, replaced })
        {
            Assert.Contains("is being trained by", error.Message, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows()) Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Content(run));
    }

    [Fact]
    public void A_run_that_is_being_trained_can_be_evaluated()
    {
        var run = _small.Train("run");
        using var training = Session.Resume(_small.Config(), run, _small.Context());

        using var session = Session.Open(RunFolder.Open(run.Path), _small.Context());

        Assert.NotEmpty(session.Evaluate("test").Ranks);
    }

    [Fact]
    public void A_lock_that_a_killed_program_left_is_no_lock()
    {
        var run = _small.Train("run");
        File.WriteAllText(run.Lock, "process 1 on elsewhere (since yesterday, 0)");

        _small.Resume("run", epochs: 3);

        Assert.False(File.Exists(run.Lock));
        Assert.Equal(3, SmallRun.Metrics(run).Length);
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_a_decision_is_refused_and_never_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells these kinds apart here");
        var run = _small.Train("run");
        Directory.CreateDirectory(run.Beginning.Path);
        string pipe = Path.Combine(run.Beginning.Path, "decided");
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe)) await make.WaitForExitAsync(TestContext.Current.CancellationToken);

        var opening = Task.Run(() => Assert.Throws<UserErrorException>(() => RunFolder.Open(run.Path)), TestContext.Current.CancellationToken);

        Assert.Contains("is a pipe; expected a regular file", (await opening.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_is_refused_leaves_no_folder()
    {
        var config = _small.Config() with { Data = _small.Config().Data with { Targets = ["nowhere"] } };

        Assert.Throws<UserErrorException>(() => Session.Create(config, RunFolder.Create(_small["new"], resume: false, overwrite: false), _small.Context()));

        Assert.False(Directory.Exists(_small["new"]));
    }

    [Fact]
    public void Of_many_that_race_for_a_folder_one_at_a_time_has_it()
    {
        var run = new RunFolder(_small["raced"]);
        int holders = 0, most = 0, taken = 0;
        Parallel.For(0, 8, _ =>
        {
            for (int attempt = 0; attempt < 100; attempt++)
            {
                try
                {
                    using var held = run.Hold();
                    InterlockedMax(ref most, Interlocked.Increment(ref holders));
                    Interlocked.Increment(ref taken);
                    Thread.Yield();
                    Interlocked.Decrement(ref holders);
                }
                catch (UserErrorException)
                {
                    // Held by another, or made and deleted too often in between.
                }
            }
        });

        Assert.Equal(1, most);
        Assert.InRange(taken, 8, 800);

        static void InterlockedMax(ref int most, int value)
        {
            for (int seen = most; value > seen; seen = most) Interlocked.CompareExchange(ref most, value, seen);
        }
    }

    private static Dictionary<string, string> Content(RunFolder run) =>
        Directory.GetFiles(run.Path).Where(f => f != run.Lock).ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexString(File.ReadAllBytes(f)));
}
