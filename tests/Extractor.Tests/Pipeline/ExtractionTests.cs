using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Features;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

public class ExtractionTests
{
    [Fact]
    public void Present_flags_say_which_items_have_text_and_picture()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        var (outcomes, rejected) = Marketplaces.Run(dataset, folder["store"]);

        using var store = FeatureStore.Open(folder["store"]);
        using var silent = new RejectLog(csvPath: null);
        var items = dataset.Domains.SelectMany(d => dataset.ReadItems(d, silent)).ToArray();
        var (text, image, cross) = (store.Modality("text"), store.Modality("image"), store.Modality("cross"));
        for (int row = 0; row < items.Length; row++)
        {
            Assert.Equal(row, store.FindRow(items[row].Domain, items[row].ItemId));
            Assert.Equal(items[row].Text.Length > 0, text.IsPresent(row));
            Assert.Equal(items[row].Image.Length > 0, image.IsPresent(row));
            Assert.True(cross.IsPresent(row));
        }

        Assert.Equal(0, rejected);
        Assert.All(outcomes, o => Assert.Equal(o.Rows, o.Present + o.Missing + o.Failed));
        Assert.Equal(items.Count(i => i.Image.Length == 0), outcomes.Single(o => o.Name == "image").Missing);
    }

    [Fact]
    public void A_vector_does_not_depend_on_the_items_it_was_batched_with()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        Marketplaces.Run(dataset, folder["batched"], Marketplaces.Fast with { Dtype = FeatureType.Float32 });
        Marketplaces.Run(dataset, folder["single"], Marketplaces.Fast with { Dtype = FeatureType.Float32, MaxBatchItems = 1, MaxBatchPictures = 1 });

        using var batched = FeatureStore.Open(folder["batched"]);
        using var single = FeatureStore.Open(folder["single"]);
        foreach (string name in batched.ModalityNames)
        {
            var (a, b) = (batched.Modality(name), single.Modality(name));
            var (x, y) = (new float[a.Width], new float[a.Width]);
            for (int row = 0; row < batched.ItemCount; row++)
            {
                a.ReadRow(row, x);
                b.ReadRow(row, y);
                Assert.All(x.Zip(y), p => Assert.Equal(p.First, p.Second, 1e-4f));
            }
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(75)]
    [InlineData(140)]
    [InlineData(215)]
    public void Resume_after_an_interruption_gives_identical_files(int interruptedAfter)
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        Marketplaces.Run(dataset, folder["whole"]);
        using var source = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() =>
            Marketplaces.Run(dataset, folder["resumed"], progress: new CancelAfter(interruptedAfter, source), cancellation: source.Token));
        var (outcomes, _) = Marketplaces.Run(dataset, folder["resumed"]);

        Assert.Equal(Stores.Contents(folder["whole"]), Stores.Contents(folder["resumed"]));
        Assert.True(interruptedAfter < 75 || outcomes.Any(o => o.Kept > 0));
    }

    [Fact]
    public void Only_the_modality_whose_encoder_changed_is_made_again()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        var settings = Marketplaces.Fast with { Encoders = folder["encoders"] };
        foreach (string name in BuiltInEncoders.Names)
            BuiltInEncoders.Create(name, Path.Combine(folder["encoders"], name));
        Marketplaces.Run(dataset, folder["store"], settings);
        var before = Stores.Contents(folder["store"]);

        string config = Path.Combine(folder["encoders"], "image-stats", "encoder.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"scale\": 1", "\"scale\": 2", StringComparison.Ordinal));
        var (outcomes, _) = Marketplaces.Run(dataset, folder["store"], settings);

        Assert.Equal([0, dataset.Domains.Count == 2 ? 90 : 0, 0], outcomes.Select(o => o.Rows));
        var after = Stores.Contents(folder["store"]);
        Assert.All(before.Where(f => f.Key.StartsWith("text", StringComparison.Ordinal) || f.Key.StartsWith("cross", StringComparison.Ordinal)), f => Assert.Equal(f.Value, after[f.Key]));
        Assert.DoesNotContain(before.Keys, f => f.StartsWith("image", StringComparison.Ordinal) && after.ContainsKey(f));
    }

    [Fact]
    public void Shares_of_a_run_merge_into_the_undivided_one()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        Marketplaces.Run(dataset, folder["whole"]);
        string[] parts = [folder["1"], folder["2"]];
        for (int i = 0; i < parts.Length; i++)
            Marketplaces.Run(dataset, parts[i], partition: new StorePartition(i + 1, parts.Length));

        FeatureStoreMerger.Merge(parts, folder["merged"], Progress.None, CancellationToken.None);

        Assert.Equal(Stores.Contents(folder["whole"]), Stores.Contents(folder["merged"]));
    }

    [Fact]
    public void A_truncated_picture_is_flagged_and_listed_also_after_a_second_run()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        using var silent = new RejectLog(csvPath: null);
        var victim = dataset.ReadItems("clothing", silent).First(i => i.Image.Length > 0);
        string path = dataset.ResolveImage(victim)!;
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..300]);

        var (outcomes, rejected) = Marketplaces.Run(dataset, folder["store"]);
        string listed = File.ReadAllText(folder["store/rejects.csv"]);
        var (_, rejectedAgain) = Marketplaces.Run(dataset, folder["store"]);

        Assert.Equal((1, 1), (rejected, rejectedAgain));
        Assert.Equal(1, outcomes.Single(o => o.Name == "image").Failed);
        Assert.Contains($"item '{victim.ItemId}': the JPEG file is cut short", listed, StringComparison.Ordinal);
        Assert.Equal(listed, File.ReadAllText(folder["store/rejects.csv"]));
        using var store = FeatureStore.Open(folder["store"]);
        Assert.False(store.Modality("image").IsPresent(store.FindRow("clothing", victim.ItemId)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bad_picture_that_was_mended_is_extracted_by_the_next_run_and_nothing_else(bool missing)
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        Marketplaces.Run(dataset, folder["whole"]);
        using var silent = new RejectLog(csvPath: null);
        string path = dataset.ResolveImage(dataset.ReadItems("clothing", silent).First(i => i.Image.Length > 0))!;
        byte[] good = File.ReadAllBytes(path);
        if (missing)
            File.Delete(path);
        else
            File.WriteAllBytes(path, good[..300]);
        var (first, _) = Marketplaces.Run(dataset, folder["store"]);
        var (idle, idleRejected) = Marketplaces.Run(dataset, folder["store"]);

        File.WriteAllBytes(path, good);
        var (outcomes, rejected) = Marketplaces.Run(dataset, folder["store"]);

        Stores.AssertSameRows(folder["whole"], folder["store"]);
        Assert.Equal((1, 0, 0), (first.Single(o => o.Name == "image").Failed, idle.Sum(o => o.Rows), rejected));
        Assert.Equal(1, idleRejected);
        Assert.Equal(0, outcomes.Single(o => o.Name == "text").Rows);
        Assert.All(outcomes.Where(o => o.Name != "text"), o => Assert.Equal(1, o.Rows));
    }

    [Fact]
    public void A_fitted_encoder_stays_and_encodes_what_the_catalogue_gains()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        var settings = Marketplaces.Fast with { Text = BuiltInNames.FittedText, Image = "", Cross = "" };
        Marketplaces.Run(dataset, folder["store"], settings);
        string model = folder["store/encoders/text-svd/model.onnx"];
        var fitted = File.GetLastWriteTimeUtc(model);
        var (outcomes, _) = Marketplaces.Run(dataset, folder["store"], settings);

        Assert.Equal(0, outcomes.Single().Rows);
        Assert.Equal(fitted, File.GetLastWriteTimeUtc(model));
        float[] before = FirstRow(out string encoder);
        foreach (bool startOver in new[] { false, true })
        {
            File.AppendAllText(folder["market/home/items.csv"], $"new{startOver},A new thing,,,,\n");
            var after = Extraction.Run(Dataset.Open(folder["market"]), folder["store"], settings, WorkContext.Silent, startOver: startOver);

            Assert.Equal(startOver ? outcomes.Single().Kept + 2 : 1, after.Modalities.Single().Rows);
            Assert.Equal(fitted, File.GetLastWriteTimeUtc(model));
            Assert.Equal(before, FirstRow(out string same));
            Assert.Equal(encoder, same);
        }

        float[] FirstRow(out string fingerprint)
        {
            using var store = FeatureStore.Open(folder["store"]);
            var text = store.Modality("text");
            fingerprint = text.EncoderFingerprint;
            float[] row = new float[text.Width];
            text.ReadRow(0, row);
            return row;
        }
    }

    [Fact]
    public void An_unknown_encoder_is_an_error_with_the_nearest_name()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);

        var error = Assert.Throws<UserErrorException>(() => Marketplaces.Run(dataset, folder["store"], Marketplaces.Fast with { Image = "image-stat" }));

        Assert.Contains("did you mean 'image-stats'?", error.Message, StringComparison.Ordinal);
    }
}
