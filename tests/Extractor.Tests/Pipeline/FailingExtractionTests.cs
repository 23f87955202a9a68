using System.Text.RegularExpressions;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Extractor.Synthesis;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

/// <summary>A whole extraction, encoders that it makes and fits included, that is killed, or whose disk is full, at each thing that it does to a file.</summary>
public sealed partial class FailingExtractionTests : IDisposable
{
    // Encoders of each way of being made: written from nothing, and fitted on the catalogue.
    private static readonly ExtractionSettings Settings = Marketplaces.Fast with { Text = "text-svd", Image = "image-stats", Cross = "", ShardRows = 12, Threads = 1 };

    private readonly TemporaryFolder _folder = new();
    private readonly Dataset _dataset;

    public FailingExtractionTests()
    {
        Marketplace.Generate(Marketplaces.Small with { Users = 8, Items = 24, ImageSize = 16 }, _folder["market"], Progress.None, CancellationToken.None);
        _dataset = Dataset.Open(_folder["market"]);
        // One picture that can't be used, so that there is a list of rejects.
        using var silent = new RejectLog(csvPath: null);
        string picture = _dataset.ResolveImage(_dataset.ReadItems("clothing", silent).First(item => item.Image.Length > 0))!;
        File.WriteAllBytes(picture, File.ReadAllBytes(picture)[..300]);
    }

    /// <summary>Whether kills are tried at every point, and not at every second one as in the suite.</summary>
    private static bool IsThorough => Environment.GetEnvironmentVariable("UNIM2REC_FAULTS") is { Length: > 0 };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wherever_it_fails_what_was_finished_stays_and_the_next_run_ends_as_one_without_a_break(bool isKill)
    {
        Run("whole", FaultyStorage.Sound);
        var whole = Content("whole");
        Assert.Contains("rejects.csv", whole.Keys);
        int failed = 0, kept = 0;
        for (int point = 0; ; point += isKill && !IsThorough ? 2 : 1)
        {
            if (Fails("failing", new FaultyStorage(point, isKill, FirstWrites()), isKill) is false)
                break;
            failed++;
            var finished = FinishedShards("failing");
            kept += finished.Count;

            Run("failing", FaultyStorage.Sound);

            Assert.Equal(whole, Content("failing"));
            // What was finished was not made again.
            Assert.All(finished, shard => Assert.Equal(shard.Value, File.GetLastWriteTimeUtc(shard.Key)));
            Directory.Delete(_folder["failing"], recursive: true);
        }

        TestContext.Current.SendDiagnosticMessage("{0} points, {1} shards kept", failed, kept);
        Assert.InRange(failed, isKill && !IsThorough ? 60 : 120, 400);
        Assert.InRange(kept, failed, int.MaxValue);
    }

    /// <summary>All files but the notes on when pictures were read.</summary>
    private Dictionary<string, string> Content(string name) => FolderContent.Of(_folder[name]).Where(file => file.Key != StoreLayout.PicturesSeen).ToDictionary();

    private void Run(string name, FaultyStorage storage) => Extraction.Run(_dataset, _folder[name], Settings, WorkContext.Silent, storage: storage);

    private bool Fails(string name, FaultyStorage storage, bool isKill)
    {
        try
        {
            Run(name, storage);
            return false;
        }
        catch (Exception failure) when (isKill ? failure is FaultyStorage.Killed : failure is UserErrorException)
        {
            if (!isKill)
            {
                Assert.Contains("No space left on device", failure.Message, StringComparison.Ordinal);
                Assert.Contains("run the same command again", failure.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', failure.Message);
            }

            return true;
        }
    }

    /// <summary>Shards that the store names, all of which are whole, and when they were written.</summary>
    private Dictionary<string, DateTime> FinishedShards(string name)
    {
        if (!File.Exists(_folder[$"{name}/store.json"]))
            return [];
        Assert.Empty(FeatureStoreVerifier.Verify(_folder[name], Progress.None, CancellationToken.None).Problems);
        return Shard().Matches(File.ReadAllText(_folder[$"{name}/store.json"])).Select(match => _folder[$"{name}/{match.Groups[1].Value}"]).Distinct().ToDictionary(path => path, File.GetLastWriteTimeUtc);
    }

    [GeneratedRegex("\"((?:text|image)-[0-9a-f]{12}-[0-9]{5}\\.safetensors)\"")]
    private static partial Regex Shard();

    /// <summary>Of the many writes into one file, which are all alike, the first and the tenth count.</summary>
    private static Func<string, bool> FirstWrites()
    {
        var writes = new Dictionary<string, int>();
        return operation => !operation.StartsWith("write ", StringComparison.Ordinal) || (writes[operation] = writes.GetValueOrDefault(operation) + 1) is 1 or 10;
    }
}
