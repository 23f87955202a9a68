using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Tests.Testing;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>Runs that are killed, or whose disk is full, at each thing that they do to a file, one after the other.</summary>
public sealed class KilledRunTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Theory]
    [InlineData("unim2rec", false)]
    [InlineData("unim2rec", true)]
    [InlineData("missrec", true)]
    public void A_run_that_is_killed_at_any_point_and_resumed_leaves_the_same_weights_and_metrics(string kind, bool keepsEveryStep)
    {
        var config = _small.Config() with { Model = _small.Config().Model with { Kind = kind } };
        var whole = _small.Train("whole", config);
        int killed = 0, withinEpoch = 0;
        for (int point = 0; ; point++)
        {
            var storage = new FaultyStorage(point, isKill: true, CountsOncePerFile());
            if (!Stops<FaultyStorage.Killed>("killed", storage, config, keepsEveryStep)) break;
            killed++;
            withinEpoch += StepKept("killed") > 0 ? 1 : 0;
            var run = _small.Resume("killed", config);

            AssertSame(whole, run, point);
            Directory.Delete(run.Path, recursive: true);
        }

        TestContext.Current.SendDiagnosticMessage("{0} kills, {1} of them within an epoch", killed, withinEpoch);
        Assert.InRange(killed, 50, 1000);
        Assert.InRange(withinEpoch, keepsEveryStep ? killed / 4 : 0, keepsEveryStep ? killed : 0);
    }

    [Fact]
    public void A_disk_that_is_full_at_any_point_is_one_sentence_and_the_run_goes_on_once_there_is_room()
    {
        var whole = _small.Train("whole");
        int full = 0;
        for (int point = 0; ; point++)
        {
            if (!Stops<UserErrorException>("full", new FaultyStorage(point, counts: CountsOncePerFile()), _small.Config(), keepsEveryStep: true)) break;
            full++;
            AssertSame(whole, _small.Resume("full"), point);
            Directory.Delete(_small["full"], recursive: true);
        }

        TestContext.Current.SendDiagnosticMessage("{0} full disks", full);
        Assert.InRange(full, 50, 1000);
    }

    [Fact]
    public void A_run_that_is_replaced_is_whole_until_the_new_one_is()
    {
        var former = _small.Train("former", epochs: 1);
        var files = Content(former);
        var whole = _small.Train("whole");
        int former_left = 0, killed = 0;
        for (int point = 0; ; point++)
        {
            _small.Copy(former, "replaced");
            var storage = new FaultyStorage(point, isKill: true, CountsOncePerFile());
            var replacing = RunFolder.Create(_small["replaced"], resume: false, overwrite: true).With(storage);
            try
            {
                using var session = Session.Create(_small.Config(), replacing, _small.Context());
                session.Train(() => throw new FaultyStorage.Killed());
            }
            catch (FaultyStorage.Killed)
            {
                if (storage.Operations <= point) break;
            }

            killed++;
            var run = RunFolder.Open(_small["replaced"]);
            var left = Content(run);
            if (left.ContainsKey("best.safetensors"))
            {
                former_left++;
                Assert.Equal(files, left.Where(f => files.ContainsKey(f.Key)).ToDictionary());
            }
            else
            {
                AssertSame(whole, _small.Resume("replaced"), point);
            }
        }

        TestContext.Current.SendDiagnosticMessage("{0} kills while a run is replaced", killed);
        Assert.InRange(former_left, 10, killed - 5);
    }

    private static void AssertSame(RunFolder whole, RunFolder run, int point)
    {
        Assert.True(SmallRun.Metrics(whole).SequenceEqual(SmallRun.Metrics(run)), $"metrics.jsonl differs after point {point}");
        Assert.True(File.ReadAllBytes(whole.Best).SequenceEqual(File.ReadAllBytes(run.Best)), $"best.safetensors differs after point {point}");
        Assert.True(WithoutText(whole.Last).SequenceEqual(WithoutText(run.Last)), $"last.safetensors differs after point {point}");
        Assert.Empty(Directory.EnumerateFiles(run.Path, "*.tmp"));
        Assert.False(Directory.Exists(run.Beginning.Path));
        Assert.False(File.Exists(run.Lock));
    }

    /// <summary>All numbers of a checkpoint; its notes tell how long steps took.</summary>
    private static float[] WithoutText(string path)
    {
        using var file = SafeTensorsFile.Open(path);
        return [.. file.Names.SelectMany(file.ReadSingles)];
    }

    private static Dictionary<string, string> Content(RunFolder run) =>
        Directory.GetFiles(run.Path).Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal)).ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexString(File.ReadAllBytes(f)));

    /// <summary>Steps of the epoch under way that the newest checkpoint of a run has; 0 where it has none.</summary>
    private int StepKept(string name) => RunCheckpoints.NewestPosition(new RunFolder(_small[name]))?.Step ?? 0;

    private bool Stops<T>(string name, FaultyStorage storage, RunConfig config, bool keepsEveryStep)
        where T : Exception
    {
        try
        {
            using var session = Session.Create(config, RunFolder.Create(_small[name], resume: false, overwrite: false).With(storage), _small.Context());
            if (keepsEveryStep) session.CheckpointInterval = TimeSpan.Zero;
            session.Train();
            return false;
        }
        catch (T)
        {
            return true;
        }
    }

    /// <summary>Of the many writes to one file, which are all alike, the first and the tenth count.</summary>
    private static Func<string, bool> CountsOncePerFile()
    {
        var writes = new Dictionary<string, int>();
        return operation => !operation.StartsWith("write ", StringComparison.Ordinal) || (writes[operation] = writes.GetValueOrDefault(operation) + 1) is 1 or 10;
    }
}
