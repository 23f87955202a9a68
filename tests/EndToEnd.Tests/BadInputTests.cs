using UniM2Rec.Features;

namespace UniM2Rec.Tests;

[Collection(MarketCollection.Name)]
public class BadInputTests(Market market)
{
    /// <summary>The NVIDIA driver's first device: with it, a request for CUDA may be met.</summary>
    private const string CudaDevice = "/dev/nvidia0";

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        ProgramUnderTest.Extract.Run("run", "--dataset", market["nowhere"], "--out", market["unused-features"]).ExpectError(1, market["nowhere"]);
        ProgramUnderTest.Train.Run("pretrain", "--dataset", market["nowhere"], "--features", market.Features, "--out", market["unused"]).ExpectError(1, market["nowhere"]);
        ProgramUnderTest.Train.Run("pretrain", "--dataset", market.Folder, "--features", market["nowhere"], "--out", market["unused"]).ExpectError(1, market["nowhere"]);
        ProgramUnderTest.Train.Run("evaluate", "--run", market["nowhere"]).ExpectError(1, market["nowhere"]);

        Assert.False(File.Exists(Path.Combine(market["unused"], "config.json")));
    }

    [Fact]
    public void An_unknown_domain_is_answered_with_the_nearest_one() =>
        ProgramUnderTest.Train.Run(["finetune", .. market.Data, "--domain", "kichen", "--out", market["unused"]]).ExpectError(1, "'kichen'", "'kitchen'");

    [Fact]
    public void An_unknown_setting_is_answered_with_the_nearest_one_before_anything_is_begun()
    {
        ProgramUnderTest.Extract.Run("run", "--dataset", market.Folder, "--out", market["unused-features"], "--set", "shardRow=4").ExpectError(2, "'shardRow'", "'shardRows'");
        ProgramUnderTest.Train.Run(["pretrain", .. market.Data, "--out", market["unused"], "--set", "model.widht=4"]).ExpectError(2, "'model.widht'", "'width'");
        ProgramUnderTest.Train.Run(["pretrain", .. market.Data, "--out", market["unused"], "--set", "training.watch=ndcg"]).ExpectError(2, "'ndcg'", "ndcg@K");
    }

    [Fact]
    public void Items_without_ids_are_refused_and_nothing_is_made()
    {
        market.Write("no-ids/dataset.json", """{ "name": "no-ids", "domains": ["a"] }""");
        market.Write("no-ids/a/items.csv", "id,title\n1,x\n");
        ProgramUnderTest.Extract.Run("run", "--dataset", market["no-ids"], "--out", market["no-ids-features"]).ExpectError(1, "item_id", Path.Combine("a", "items.csv"));

        Assert.False(File.Exists(Path.Combine(market["no-ids-features"], "store.json")));
    }

    [Fact]
    public void A_truncated_picture_is_listed_and_flagged_missing_and_the_rest_is_done()
    {
        byte[] picture = File.ReadAllBytes(Directory.EnumerateFiles(market.Folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First());
        market.Write("cut/dataset.json", """{ "name": "cut", "domains": ["a"], "images": "images" }""");
        market.Write("cut/a/items.csv", "item_id,title,image\nwhole,red lamp,whole.jpg\ncut,blue lamp,cut.jpg\n");
        Directory.CreateDirectory(market["cut/images"]);
        File.WriteAllBytes(market["cut/images/whole.jpg"], picture);
        File.WriteAllBytes(market["cut/images/cut.jpg"], picture[..(picture.Length / 2)]);
        ProgramUnderTest.Extract.Run("run", "--dataset", market["cut"], "--out", market["cut-features"], "--max-reject-rate", "0.5").Expect(3);
        using var store = FeatureStore.Open(market["cut-features"]);

        Assert.True(store.Modality("image").IsPresent(store.FindRow("a", "whole")));
        Assert.False(store.Modality("image").IsPresent(store.FindRow("a", "cut")));
        Assert.True(store.Modality("text").IsPresent(store.FindRow("a", "cut")));
        Assert.Contains("cut.jpg", Assert.Single(File.ReadLines(Path.Combine(market["cut-features"], "rejects.csv")).Skip(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Cuda_that_is_not_there_is_refused()
    {
        Assert.SkipWhen(File.Exists(CudaDevice), "this machine has an NVIDIA GPU");
        ProgramUnderTest.Extract.Run("run", "--dataset", market.Folder, "--out", market["unused-features"], "--device", "cuda").ExpectError(1, "cuda", "--device cpu");
        ProgramUnderTest.Train.Run(["pretrain", .. market.Data, "--out", market["unused"], "--device", "cuda"]).ExpectError(1, "cuda", "--device cpu");
    }

    [Fact]
    public void Weights_are_refused_on_features_of_another_encoder_that_are_as_wide()
    {
        ProgramUnderTest.Extract.Run("run", "--dataset", market.Folder, "--out", market["hashed"], "--text", "text-hash").Expect(0);
        ProgramUnderTest.Train.Run("finetune", "--from", market.Pretrained, "--features", market["hashed"], "--domain", Market.Target, "--out", market["on-hashed"])
            .ExpectError(1, "text-svd", "text-hash");
    }

    [Fact]
    public void A_degradation_that_is_not_possible_is_refused()
    {
        ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--remove", "sound").ExpectError(1, "'sound'", "text");
        ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--noise", "text", "--share", "2").ExpectError(2, "--share is 2", "between 0");
        ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--share", "0.5").ExpectError(2, "--share", "--remove");
        ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--remove", "text", "--share", "half").ExpectError(2, "'half'");
    }

    [Fact]
    public void A_run_goes_on_with_its_own_settings_and_contradictions_are_named()
    {
        string run = market["goes-on"];
        ProgramUnderTest.Train.Run(["pretrain", .. market.Data, "--domains", "home", "--epochs", "1", "--out", run, .. Market.SmallModel]).Expect(0);
        ProgramUnderTest.Train.Run("pretrain", "--out", run, "--resume", "--set", "model.width=64").ExpectError(1, "model.width=32", "model.width=64");
        ProgramUnderTest.Train.Run("pretrain", "--out", run, "--resume", "--domains", "clothing").ExpectError(1, "data.flow=home", "data.flow=clothing");
        ProgramUnderTest.Extract.Run("run", "--dataset", market.Folder, "--out", market["hashed-again"], "--text", "text-hash").Expect(0);
        string config = Path.Combine(run, "config.json");
        string own = File.ReadAllText(config);
        File.WriteAllText(config, own.Replace(market.Features, market["hashed-again"], StringComparison.Ordinal));
        ProgramUnderTest.Train.Run("pretrain", "--out", run, "--resume", "--epochs", "2").ExpectError(1, "text-svd", "text-hash");
        File.WriteAllText(config, own);

        ProgramUnderTest.Train.Run("pretrain", "--out", run, "--resume", "--epochs", "2").Expect(0);
        Assert.Equal(2, File.ReadLines(Path.Combine(run, "metrics.jsonl")).Count());
    }

    [Fact]
    public void Starting_from_a_run_that_saw_the_test_events_is_warned_of()
    {
        var seen = ProgramUnderTest.Train.Run("finetune", "--from", market.Pretrained, "--domain", "home", "--epochs", "1", "--out", market["seen"]).Expect(0);
        var unseen = ProgramUnderTest.Train.Run("finetune", "--from", market.Pretrained, "--domain", Market.Target, "--epochs", "1", "--out", market["unseen"]).Expect(0);

        Assert.Contains("was pre-trained on home too", seen.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("was pre-trained on", unseen.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_not_overwritten_unasked()
    {
        var before = Directory.GetFiles(market.Pretrained).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        ProgramUnderTest.Train.Run(["finetune", .. market.Data, "--domain", Market.Target, "--out", market.Pretrained]).ExpectError(1, "--resume", "--overwrite");
        var changed = before.Where(f => File.GetLastWriteTimeUtc(f.Key) != f.Value).Select(f => Path.GetFileName(f.Key));

        Assert.Empty(changed.Except(["train.log"]));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "--dataset", "x", "--out", "y", "--no-such-option")]
    [InlineData("no-such-verb")]
    [InlineData("encoders")]
    [InlineData("encoders", "lst")]
    [InlineData("import", "movielens", "--form", "x", "--to", "y")]
    [InlineData("encoders", "get", "no-such-encoder")]
    public void Wrong_usage_of_the_extractor_is_told_apart(params string[] arguments) => ProgramUnderTest.Extract.Run(arguments).ExpectError(2, "--help");

    [Theory]
    [InlineData("pretrain")]
    [InlineData("recommend", "--run", "x", "--out", "y", "--top", "many")]
    [InlineData("pretrain", "--out", "y", "--epochs", "many")]
    [InlineData("no-such-verb")]
    [InlineData("evaluat", "--run", "x")]
    [InlineData("evaluate", "--run", "x", "--split", "training", "--bogus", "3")]
    [InlineData("evaluate", "--run", "x", "--split", "training")]
    [InlineData("--verbose")]
    public void Wrong_usage_of_the_trainer_is_told_apart(params string[] arguments) => ProgramUnderTest.Train.Run(arguments).ExpectError(2, "--help");

    [Fact]
    public void A_made_up_catalogue_is_not_mixed_with_what_a_folder_holds()
    {
        market.Write("notes/mine.txt", "mine");
        string[] synth = ["synth", "--out", market["notes"], "--users", "20", "--items", "10", "--domains", "1"];
        ProgramUnderTest.Extract.Run(synth).ExpectError(1, "'mine.txt'", "--overwrite");
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(market["notes"]).Select(Path.GetFileName));
        ProgramUnderTest.Extract.Run([.. synth, "--overwrite"]).Expect(0);
    }

    [Fact]
    public void Help_is_no_wrong_usage()
    {
        Assert.Contains("--dataset", ProgramUnderTest.Extract.Run("run", "--help").Expect(0).Output, StringComparison.Ordinal);
        Assert.Contains("--domain", ProgramUnderTest.Train.Run("finetune", "--help").Expect(0).Output, StringComparison.Ordinal);
    }
}
