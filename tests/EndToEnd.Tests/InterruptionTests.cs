using System.Globalization;
using System.Text.Json;

namespace UniM2Rec.Tests;

[Collection(MarketCollection.Name)]
public class InterruptionTests(Market market)
{
    private const int KilledBySignal = 128 + 9;

    [Fact]
    public void Pretraining_that_is_interrupted_saves_within_five_seconds_and_resumes_to_the_same_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals");
        string stopped = market["stopped"], whole = market["whole"];
        var running = ProgramUnderTest.Train.Start(Pretrain(stopped, epochs: 1000));
        running.WaitUntil(() => Epochs(stopped).Count >= 2);
        running.Interrupt();
        running.Wait(TimeSpan.FromSeconds(5)).Expect(130);
        int epochs = Epochs(stopped).Count + 1;

        ProgramUnderTest.Train.Run([.. Pretrain(stopped, epochs), "--resume"]).Expect(0);
        ProgramUnderTest.Train.Run(Pretrain(whole, epochs)).Expect(0);

        Assert.Equal(Enumerable.Range(1, epochs), Epochs(stopped));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "best.safetensors")), File.ReadAllBytes(Path.Combine(stopped, "best.safetensors")));
    }

    [Fact]
    public void A_training_whose_terminal_is_closed_saves_and_a_second_one_into_its_folder_is_refused_meanwhile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals");
        string run = market["hung-up"];
        var running = ProgramUnderTest.Train.Start(Pretrain(run, epochs: 1000));
        running.WaitUntil(() => Epochs(run).Count >= 1);
        ProgramUnderTest.Train.Run([.. Pretrain(run, epochs: 1000), "--resume"]).ExpectError(1, "is being trained by process");
        running.HangUp();
        running.Wait(TimeSpan.FromSeconds(5)).Expect(130);

        Assert.True(File.Exists(Path.Combine(run, "last.safetensors")));
        Assert.False(File.Exists(Path.Combine(run, "run.lock")));
    }

    [Fact]
    public void Extraction_that_is_killed_goes_on_to_the_same_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals");
        string killed = market["killed-features"];
        string[] arguments = ["run", "--dataset", market.Folder, "--out", killed, .. Market.SmallShards];
        var running = ProgramUnderTest.Extract.Start(arguments);
        running.WaitUntil(() => Directory.Exists(killed) && Directory.EnumerateFiles(killed, "image-*.safetensors").Any());
        running.Kill();
        running.Wait(TimeSpan.FromSeconds(5)).Expect(KilledBySignal);
        bool unfinished = !Files(killed).SequenceEqual(Files(market.Features));

        ProgramUnderTest.Extract.Run(arguments).Expect(0);

        Assert.True(unfinished, "nothing was left to do after the kill");
        Assert.Equal(Files(market.Features), Files(killed));
        Assert.All(Files(killed), name => Assert.Equal(File.ReadAllBytes(Path.Combine(market.Features, name)), File.ReadAllBytes(Path.Combine(killed, name))));
    }

    private string[] Pretrain(string folder, int epochs) =>
    [
        "pretrain", .. market.Data, "--domains", "home,clothing", "--out", folder, "--epochs", epochs.ToString(CultureInfo.InvariantCulture),
        "--set", "training.patience=1000", .. Market.SmallModel,
    ];

    private static List<int> Epochs(string run)
    {
        string path = Path.Combine(run, "metrics.jsonl");
        return File.Exists(path)
            ? File.ReadLines(path).Where(l => l.EndsWith('}')).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("epoch").GetInt32()).ToList()
            : [];
    }

    /// <summary>Every file of a store, encoders included, but for what tells how it was made.</summary>
    private static List<string> Files(string store) =>
        Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(store, f))
            .Where(f => !f.EndsWith(".log", StringComparison.Ordinal) && f != "store.lock").Order(StringComparer.Ordinal).ToList();
}
