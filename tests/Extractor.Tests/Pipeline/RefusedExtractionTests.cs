using System.Security.Cryptography;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

/// <summary>What is refused leaves the store that is there as it was, whatever was to become of it.</summary>
[Collection("console")]
public sealed class RefusedExtractionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dataset _dataset;

    public RefusedExtractionTests()
    {
        _dataset = Marketplaces.Create(_folder["market"]);
        using var silent = new RejectLog(csvPath: null);
        string picture = _dataset.ResolveImage(_dataset.ReadItems("clothing", silent).First(i => i.Image.Length > 0))!;
        File.WriteAllBytes(picture, File.ReadAllBytes(picture)[..300]);
        Marketplaces.Run(_dataset, _folder["store"]);
        Assert.True(File.Exists(_folder["store/rejects.csv"]));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("unknown encoder", "there is no encoder 'no-such'", true)]
    [InlineData("unknown second encoder", "there is no encoder 'no-such'", true)]
    [InlineData("encoder of another kind", "is a image encoder", true)]
    [InlineData("two encoders for one modality", "would both make the modality", true)]
    [InlineData("broken model", "broken", true)]
    [InlineData("other catalogue without a modality", "would leave its modality 'image' (made by image-stats) without the items that are new", false)]
    [InlineData("other catalogue in shares", "catalogue fingerprint", false)]
    [InlineData("other shards", "rows a shard", false)]
    [InlineData("held", "is writing into the feature store", true)]
    [InlineData("too many bad rows", "rows were rejected", true)]
    public void A_refused_extraction_changes_nothing(string what, string message, bool startOver)
    {
        var dataset = _dataset;
        var settings = Marketplaces.Fast;
        switch (what)
        {
            case "unknown encoder": settings = settings with { Text = "no-such" }; break;
            // The first one would be fitted into the store's folder.
            case "unknown second encoder": settings = settings with { Text = "text-svd", Cross = "no-such" }; break;
            case "encoder of another kind": settings = settings with { Text = "image-stats" }; break;
            case "two encoders for one modality": settings = settings with { Text = $"text-hash,{CopyOfTextHash("same", "text_hash")},{CopyOfTextHash("other", "text_hash")}" }; break;
            case "broken model":
                settings = settings with { Text = CopyOfTextHash("broken", "broken") };
                File.WriteAllText(_folder["broken/model.onnx"], "no model");
                break;
            case "other catalogue without a modality" or "other catalogue in shares":
                settings = what.EndsWith("shares", StringComparison.Ordinal) ? settings : settings with { Image = "" };
                File.AppendAllText(_folder["market/home/items.csv"], "new,A new thing,,,,\n");
                dataset = Dataset.Open(_folder["market"]);
                break;
            case "other shards": settings = settings with { ShardRows = 16 }; break;
            case "too many bad rows":
                File.AppendAllText(_folder["market/home/items.csv"], "new,too,few,fields\n");
                settings = settings with { MaxRejectRate = 0 };
                break;
        }

        var before = Content();
        using (what == "held" ? StoreFolder.Hold(_folder["store"]) : null)
        {
            var error = Assert.Throws<UserErrorException>(() => Extraction.Run(
                dataset, _folder["store"], settings, WorkContext.Silent, what.EndsWith("shares", StringComparison.Ordinal) ? new StorePartition(1, 2) : null, startOver));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        var after = Content();
        if (what == "too many bad rows")
        {
            // The error names the list, so it is of these rows.
            Assert.Contains("another number of fields", File.ReadAllText(_folder["store/rejects.csv"]), StringComparison.Ordinal);
            before.Remove("rejects.csv");
            after.Remove("rejects.csv");
        }
        Assert.Equal(before, after);
    }

    [Fact]
    public void A_run_without_rejected_rows_takes_the_earlier_list_away()
    {
        using var silent = new RejectLog(csvPath: null);
        string picture = _dataset.ResolveImage(_dataset.ReadItems("clothing", silent).First(i => i.Image.Length > 0))!;
        File.Delete(picture);
        Marketplaces.Run(_dataset, _folder["store"], Marketplaces.Fast with { Image = "", Cross = "" });
        Assert.False(File.Exists(_folder["store/rejects.csv"]));
    }

    [Fact]
    public async Task The_program_writes_nothing_into_a_folder_of_somebody_elses()
    {
        _folder.Write("thesis/bert-base-uncased.safetensors", "years of work");
        _folder.Write("thesis/thesis.tmp", "years of work");
        var (code, _, errors) = await ProgramRun.Of("run", "--dataset", _folder["market"], "--out", _folder["thesis"], "--start-over");
        Assert.Equal(1, code);
        Assert.Contains("holds 'bert-base-uncased.safetensors' and 1 more, which no feature store made, so nothing was written into it", errors, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder["thesis"]).Length);
    }

    private string CopyOfTextHash(string folder, string name)
    {
        Directory.CreateDirectory(_folder[folder]);
        foreach (string path in Directory.GetFiles(_folder["store/encoders/text-hash"]))
            File.Copy(path, Path.Combine(_folder[folder], Path.GetFileName(path)));
        string config = _folder[folder + "/encoder.json"];
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"text-hash\"", $"\"{name}\"", StringComparison.Ordinal));
        return _folder[folder];
    }

    private SortedDictionary<string, string> Content() => new(
        Directory.EnumerateFiles(_folder["store"], "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(_folder["store"], path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))));
}
