using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Features;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

/// <summary>The same command on a catalogue that has changed makes exactly what is new, with the encoders that the store was made with.</summary>
[Collection("console")]
public sealed class GrowingCatalogueTests : IDisposable
{
    private static readonly ExtractionSettings Standard = new() { Encoders = "none", ShardRows = 32, MaxRejectRate = 0.5 };
    private readonly TemporaryFolder _folder = new();

    public GrowingCatalogueTests() => Marketplaces.Create(_folder["market"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_added_changed_removed_and_moved_ends_as_a_store_made_at_once_with_the_frozen_encoder()
    {
        Run();
        string[] home = Lines("home");
        string changed = home[5].Split(',')[0] + ",Quite another thing,,,," + home[5][(home[5].LastIndexOf(',') + 1)..];
        string gone = home[9];
        Write("home", [home[0], .. home[10..], .. home[1..5], changed, .. home[6..9], "new1,A copper kettle,Kettles,,,", "new2,,,,,"]);

        var outcome = Run();

        Assert.All(outcome.Modalities.Where(m => m.Name != "image"), m => Assert.Equal(3, m.Rows));
        Assert.Equal(2, outcome.Modalities.Single(m => m.Name == "image").Rows);
        Copy(_folder["store/encoders"], _folder["fresh/encoders"]);
        Run("fresh");
        Stores.AssertSameRows(_folder["fresh"], _folder["store"]);
        using var store = FeatureStore.Open(_folder["store"]);
        Assert.Equal(-1, store.FindRow("home", gone.Split(',')[0]));
        Assert.All(Run().Modalities, m => Assert.Equal(0, m.Rows));
    }

    [Fact]
    public void A_picture_that_is_exchanged_under_the_same_name_is_noticed_and_one_that_was_touched_is_not_made_again()
    {
        Run();
        var (first, second) = (Pictures()[0], Pictures()[1]);
        Age();
        Assert.All(Run().Modalities, m => Assert.Equal(0, m.Rows));
        Assert.True(new FileInfo(_folder["store/pictures.seen"]).Length > 32 * Pictures().Length);
        float[] before = Vector("image", first);

        // As large, and of the same time.
        var written = File.GetLastWriteTimeUtc(_folder["market/images/" + first]);
        byte[] picture = File.ReadAllBytes(_folder["market/images/" + first]);
        File.Copy(_folder["market/images/" + second], _folder["market/images/" + first], overwrite: true);
        File.SetLastWriteTimeUtc(_folder["market/images/" + first], written);
        var outcome = Run();

        Assert.Equal([0, 1, 1], outcome.Modalities.Select(m => m.Rows));
        Assert.NotEqual(before, Vector("image", first));
        File.WriteAllBytes(_folder["market/images/" + first], picture);
        Run();
        Assert.Equal(before.Length, before.Zip(Vector("image", first)).Count(p => Math.Abs(p.First - p.Second) < 1e-3));
        File.SetLastWriteTimeUtc(_folder["market/images/" + second], DateTime.UtcNow);
        Assert.All(Run().Modalities, m => Assert.Equal(0, m.Rows));
    }

    [Fact]
    public void Without_what_is_remembered_of_pictures_they_are_read_again_and_none_is_made()
    {
        Age();
        Run();
        string seen = _folder["store/pictures.seen"];
        byte[] whole = File.ReadAllBytes(seen);
        foreach (byte[] left in new byte[][] { [], whole[..(whole.Length / 2)], [.. whole[..40], (byte)(whole[40] ^ 1), .. whole[41..]] })
        {
            File.WriteAllBytes(seen, left);
            Assert.All(Run().Modalities, m => Assert.Equal(0, m.Rows));
            Assert.Equal(whole, File.ReadAllBytes(seen));
        }
    }

    [Fact]
    public void A_pictures_folder_that_is_away_leaves_the_store_as_it_was_and_nothing_is_made_when_it_is_back()
    {
        var strict = Standard with { MaxRejectRate = 0.05 };
        Run(settings: strict);
        var before = Stores.Contents(_folder["store"]);
        Directory.Move(_folder["market/images"], _folder["market/away"]);
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => Run(settings: strict)).Message, StringComparison.Ordinal);
        Assert.Equal(before["store.json"], Stores.Contents(_folder["store"])["store.json"]);

        Directory.Move(_folder["market/away"], _folder["market/images"]);
        Assert.All(Run(settings: strict).Modalities, m => Assert.Equal(0, m.Rows));
        using var store = FeatureStore.Open(_folder["store"]);
        Assert.Equal(Pictures().Length, store.Modality("image").PresentCount);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    [InlineData(75)]
    public void An_interrupted_growth_goes_on_and_ends_as_one_that_was_not(int interruptedAfter)
    {
        Run();
        Copy(_folder["store"], _folder["whole"]);
        Write("home", [.. Lines("home"), .. Enumerable.Range(0, 50).Select(i => $"new{i},A copper kettle of {i} litres,Kettles,,,")]);
        Run("whole");
        Run("whole");
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(progress: new CancelAfter(interruptedAfter, source), cancellation: source.Token));
        using (var store = FeatureStore.Open(_folder["store"]))
            Assert.Equal(-1, store.FindRow("home", "new0"));
        Run();
        Run();
        Assert.Equal(Stores.Contents(_folder["whole"]), Stores.Contents(_folder["store"]));
    }

    [Fact]
    public async Task A_plain_command_takes_the_encoders_and_the_type_that_the_store_was_made_with()
    {
        string[] plain = ["run", "--dataset", _folder["market"], "--out", _folder["store"], "--encoders", _folder["mine"], "--max-reject-rate", "0.5"];
        BuiltInEncoders.Create(BuiltInEncoders.TextHash, _folder["mine/words"]);
        string config = _folder["mine/words/encoder.json"];
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"text-hash\"", "\"my-words\"", StringComparison.Ordinal));
        Assert.Equal(0, (await ProgramRun.Of([.. plain, "--text", "text-svd", "words", "--no-cross", "--no-image", "--dtype", "float32"])).Code);
        Write("home", [.. Lines("home"), "new1,A copper kettle,Kettles,,,"]);

        var (code, output, errors) = await ProgramRun.Of([.. plain, "--no-cross", "--no-image"]);

        Assert.True(code == 0, errors);
        using var store = FeatureStore.Open(_folder["store"]);
        Assert.Equal(["text", "text_my_words"], store.ModalityNames);
        Assert.All(store.ModalityNames, name => Assert.Equal(FeatureType.Float32, store.Modality(name).Type));
        Assert.Contains(output.Split('\n'), line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["text_my_words", "my-words", "1", ..]);
        Assert.True(store.Modality("text_my_words").IsPresent(store.FindRow("home", "new1")));
    }

    [Fact]
    public void Features_whose_encoder_is_not_at_hand_are_left_alone_and_not_left_behind()
    {
        BuiltInEncoders.Create(BuiltInEncoders.TextHash, _folder["mine/words"]);
        string config = _folder["mine/words/encoder.json"];
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"text-hash\"", "\"my-words\"", StringComparison.Ordinal));
        var text = Standard with { Image = "", Cross = "" };
        Run(settings: text with { Text = _folder["mine/words"] });
        var before = Stores.Contents(_folder["store"]);

        Assert.Empty(Run(settings: text).Modalities);
        Assert.Equal(before, Stores.Contents(_folder["store"]));
        Write("home", [.. Lines("home"), "new1,A copper kettle,Kettles,,,"]);
        Assert.Contains("would leave its modality 'text' (made by my-words)", Assert.Throws<UserErrorException>(() => Run(settings: text)).Message, StringComparison.Ordinal);
        Assert.Equal(before, Stores.Contents(_folder["store"]));
        Assert.Equal(1, Run(settings: text with { Encoders = _folder["mine"] }).Modalities.Single().Rows);
    }

    [Fact]
    public void An_encoder_is_fitted_anew_beside_the_former_one_when_that_is_asked_for()
    {
        var text = Standard with { Image = "", Cross = "" };
        Run(settings: text);
        string before = Fingerprint("text");
        Assert.Equal(["text"], Run(settings: text with { Refit = true }).Modalities.Select(m => m.Name));
        Write("home", [.. Lines("home"), .. Enumerable.Range(0, 30).Select(i => $"new{i},A copper kettle of {i} litres,Kettles,,,")]);

        var outcome = Run(settings: text with { Refit = true });

        Assert.Equal([("text", 30L), ("text_text_svd_2", Lines("home").Length + Lines("clothing").Length - 2L)], outcome.Modalities.Select(m => (m.Name, m.Rows)));
        Assert.Equal(before, Fingerprint("text"));
        Assert.NotEqual(before, Fingerprint("text_text_svd_2"));
        Assert.All(Run(settings: text with { Refit = true }).Modalities, m => Assert.Equal(0, m.Rows));
        Write("home", [.. Lines("home"), "last,A steel kettle,Kettles,,,"]);
        Assert.Equal([1, 1], Run(settings: text).Modalities.Select(m => m.Rows));
    }

    [Fact]
    public void A_fitted_encoder_that_is_lost_is_not_replaced_by_another_one()
    {
        var text = Standard with { Image = "", Cross = "" };
        Run(settings: text);
        var before = Stores.Contents(_folder["store"]);
        Directory.Move(_folder["store/encoders/text-svd"], _folder["elsewhere"]);
        Run(settings: text);
        Assert.Equal(before, Stores.Contents(_folder["store"]));

        Directory.Delete(_folder["store/encoders/text-svd"], recursive: true);
        Write("home", [.. Lines("home"), .. Enumerable.Range(0, 30).Select(i => $"new{i},A copper kettle of {i} litres,Kettles,,,")]);
        Assert.Contains("bring that folder back", Assert.Throws<UserErrorException>(() => Run(settings: text)).Message, StringComparison.Ordinal);
        Assert.Equal(before, Stores.Contents(_folder["store"]));
        Directory.Move(_folder["elsewhere"], _folder["store/encoders/text-svd"]);
        Assert.Equal(30, Run(settings: text).Modalities.Single().Rows);

        var error = Assert.Throws<UserErrorException>(() => Run(settings: text with { TextFields = ["title"] }));
        Assert.Contains("give --set textFields=title,category,brand", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imported_vectors_stay_with_their_items_and_new_items_have_none()
    {
        _folder.Write("shop/dataset.json", """{ "name": "shop", "domains": ["a"] }""");
        _folder.Write("shop/a/items.csv", "item_id,title\nx,red shoe\ny,green hat\nz,blue shoe\n");
        _folder.Write("ids.txt", "z\nx\n");
        _folder.Write("vectors.csv", "1,2\n3,4\n");
        Assert.Equal(0, (await ProgramRun.Of("import-features", "--dataset", _folder["shop"], "--out", _folder["store"], "--modality", "clip", "--from", _folder["vectors.csv"], "--ids", _folder["ids.txt"])).Code);
        string[] run = ["run", "--dataset", _folder["shop"], "--out", _folder["store"], "--text", "text-hash"];
        Assert.Equal(0, (await ProgramRun.Of(run)).Code);
        _folder.Write("shop/a/items.csv", "item_id,title\nw,a new shoe\nz,blue shoe\nx,red shoe\n");

        var (code, _, errors) = await ProgramRun.Of(run);

        Assert.True(code == 0, errors);
        Assert.Contains("clip: 1 of 3 items have no vector", File.ReadAllText(_folder["store/extract.log"]), StringComparison.Ordinal);
        using var store = FeatureStore.Open(_folder["store"]);
        var clip = store.Modality("clip");
        float[] vector = new float[2];
        clip.ReadRow(store.FindRow("a", "z"), vector);
        Assert.Equal([1, 2], vector);
        clip.ReadRow(store.FindRow("a", "x"), vector);
        Assert.Equal([3, 4], vector);
        Assert.False(clip.IsPresent(store.FindRow("a", "w")));
        Assert.Equal((2, 3), (clip.PresentCount, store.Modality("text").PresentCount));
    }

    private ExtractionOutcome Run(string store = "store", ExtractionSettings? settings = null, IProgressSink? progress = null, CancellationToken cancellation = default) =>
        Marketplaces.Run(Dataset.Open(_folder["market"]), _folder[store], settings ?? Standard, progress: progress, cancellation: cancellation);

    private string[] Lines(string domain) => File.ReadAllLines(_folder[$"market/{domain}/items.csv"]);

    private void Write(string domain, string[] lines) => File.WriteAllLines(_folder[$"market/{domain}/items.csv"], lines);

    private string[] Pictures()
    {
        using var silent = new RejectLog(csvPath: null);
        var dataset = Dataset.Open(_folder["market"]);
        return [.. dataset.Domains.SelectMany(domain => dataset.ReadItems(domain, silent)).Where(item => item.Image.Length > 0).Select(item => item.Image)];
    }

    /// <summary>What has changed within the last seconds is not relied on; the file system's own time of change can't be set.</summary>
    private static void Age() => Thread.Sleep(2500);

    private string Fingerprint(string modality)
    {
        using var store = FeatureStore.Open(_folder["store"]);
        return store.Modality(modality).EncoderFingerprint;
    }

    private float[] Vector(string modality, string picture)
    {
        using var silent = new RejectLog(csvPath: null);
        var dataset = Dataset.Open(_folder["market"]);
        var item = dataset.Domains.SelectMany(domain => dataset.ReadItems(domain, silent)).First(item => item.Image == picture);
        using var store = FeatureStore.Open(_folder["store"]);
        var features = store.Modality(modality);
        float[] vector = new float[features.Width];
        features.ReadRow(store.FindRow(item.Domain, item.ItemId), vector);
        return vector;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
