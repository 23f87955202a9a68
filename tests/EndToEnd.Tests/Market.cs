namespace UniM2Rec.Tests;

/// <summary>
/// A tiny marketplace, its features, and a pre-trained and a fine-tuned run, made once by the two programs for all tests; deleted at the end.
/// </summary>
public sealed class Market : IDisposable
{
    /// <summary>The last domain of the marketplace, which is smaller than the others.</summary>
    public const string Target = "kitchen";

    private readonly string _root = Path.Combine(Path.GetTempPath(), "unim2rec-end-to-end-" + Guid.NewGuid().ToString("N"));

    public Market()
    {
        ProgramUnderTest.Extract.Run("synth", "--out", Folder, "--users", "200", "--items", "60", "--domains", "3", "--image-size", "64").Expect(0);
        ProgramUnderTest.Extract.Run(["run", "--dataset", Folder, "--out", Features, .. SmallShards]).Expect(0);
        ProgramUnderTest.Train.Run(["pretrain", .. Data, "--domains", "home,clothing", "--epochs", "2", "--out", Pretrained, .. SmallModel]).Expect(0);
        ProgramUnderTest.Train.Run("finetune", "--from", Pretrained, "--domain", Target, "--epochs", "2", "--out", FineTuned).Expect(0);
        ProgramUnderTest.Train.Run("evaluate", "--run", FineTuned).Expect(0);
    }

    public static string[] SmallShards => ["--set", "shardRows=16"];

    public static string[] SmallModel =>
        ["--set", "model.width=32", "--set", "model.experts=2", "--set", "model.feedForward=32", "--set", "training.batchTargets=256", "--threads", "1"];

    public string Folder => this["market"];

    public string Features => this["features"];

    public string[] Data => ["--dataset", Folder, "--features", Features];

    public string Pretrained => this["pretrained"];

    public string FineTuned => this["fine-tuned"];

    /// <summary>A path for a test's own files.</summary>
    public string this[string name] => Path.Combine(_root, name);

    /// <summary>Writes a file of a test's own, with its folders.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content);
        return this[name];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
