using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

/// <summary>A store deletes and overwrites its own files alone.</summary>
public sealed class ForeignFilesTests : IDisposable
{
    private static readonly FeatureStoreOptions Options = new() { ShardRows = SampleStore.ShardRows, Storage = FaultyStorage.Sound };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bert-base-uncased.safetensors")]
    [InlineData("text-0123456789ab-0001.safetensors")]
    [InlineData("text-0123456789AB-00001.safetensors")]
    [InlineData("Text-0123456789ab-00001.safetensors")]
    [InlineData("model-00001-of-00002.safetensors")]
    [InlineData("thesis.tmp")]
    [InlineData("items.safetensors")]
    [InlineData("items.csv.tmp")]
    [InlineData("store.json")]
    [InlineData("store")]
    [InlineData("notes/chapter.txt")]
    public void A_folder_that_holds_somebody_elses_files_is_refused_before_anything_is_written(string name)
    {
        _folder.Write("f/" + name, "years of work");
        var before = FolderContent.Of(_folder.Path);

        foreach (bool startOver in new[] { false, true })
            AssertRefused(() => FeatureStoreWriter.Open(_folder["f"], SampleStore.Items(), Options with { StartOver = startOver }).Dispose(), name);
        SampleStore.Write(_folder["parts/1"], SampleStore.Items(), new StorePartition(1, 1));
        AssertRefused(() => FeatureStoreMerger.Merge([_folder["parts/1"]], _folder["f"], Progress.None, CancellationToken.None), name);

        Directory.Delete(_folder["parts"], recursive: true);
        Assert.Equal(before, FolderContent.Of(_folder.Path));
    }

    [Fact]
    public void Somebody_elses_files_in_a_stores_folder_stay_whatever_is_done_to_the_store()
    {
        SampleStore.Write(_folder.Path, SampleStore.Items());
        string[] foreign = ["bert-base-uncased.safetensors", "thesis.tmp", "a-b-c.safetensors", "text-0123456789ab-1.safetensors", "store.json.tmp2"];
        foreach (string name in foreign)
            _folder.Write(name, "years of work");
        string leftover = _folder.Write("text-0123456789ab-00001.safetensors", "half"), half = _folder.Write(StoreLayout.Shard(SampleStore.Text, 9) + ".tmp", "half");

        SampleStore.Write(_folder.Path, SampleStore.Items(), modalities: SampleStore.Text with { EncoderFingerprint = "zz" });
        using (FeatureStoreWriter.Open(_folder.Path, SampleStore.Items(fingerprint: "other"), Options with { StartOver = true }))
            Assert.False(File.Exists(_folder[StoreLayout.Shard(SampleStore.Image, 0)]));

        Assert.All(foreign, name => Assert.Equal("years of work", File.ReadAllText(_folder[name])));
        Assert.False(File.Exists(leftover) || File.Exists(half));
    }

    [Fact]
    public void A_folder_with_a_stores_own_remains_hidden_files_and_the_extractors_log_is_taken()
    {
        SampleStore.Write(_folder.Path, SampleStore.Items());
        File.Delete(_folder[StoreLayout.ManifestFile]);
        _folder.Write("extract.log", "log");
        _folder.Write("rejects.csv", "file,line,reason\n");
        _folder.Write("image.rejects.csv", "file,line,reason\n");
        _folder.Write("encoders/text-svd/model.onnx", "model");
        _folder.Write(".gitignore", "*");
        _folder.Write("store.json.tmp", "half");
        SampleStore.Write(_folder.Path, SampleStore.Items());
        using var store = FeatureStore.Open(_folder.Path);
        SampleStore.AssertRows(store, SampleStore.Text);
        Assert.Equal("*", File.ReadAllText(_folder[".gitignore"]));
    }

    [Fact]
    public void An_item_table_without_a_manifest_is_a_stores_own_and_another_tensor_file_of_that_name_is_not()
    {
        SampleStore.Write(_folder["a"], SampleStore.Items());
        foreach (string path in Directory.GetFiles(_folder["a"]).Where(path => Path.GetFileName(path) != StoreLayout.ItemTableFile))
            File.Delete(path);
        SampleStore.Write(_folder["a"], SampleStore.Items());
        FeatureStore.Open(_folder["a"]).Dispose();

        Directory.CreateDirectory(_folder["b"]);
        SafeTensorsWriter.Save(_folder["b/items.safetensors"], [SafeTensor.From<float>("weights", [2], [1, 2])]);
        AssertRefused(() => FeatureStoreWriter.Open(_folder["b"], SampleStore.Items(), Options).Dispose(), "items.safetensors");
    }

    [Theory]
    [InlineData("{\"format\": \"unim2rec-store\", \"oldestReader\": 9}")]
    [InlineData("{\"format\": \"unim2rec-store\", \"versi")]
    public void A_manifest_that_can_not_be_read_is_replaced_when_that_was_asked_for(string manifest)
    {
        _folder.Write(StoreLayout.ManifestFile, manifest);
        Assert.Throws<UserErrorException>(() => FeatureStoreWriter.Open(_folder.Path, SampleStore.Items(), Options).Dispose());
        using (var writer = FeatureStoreWriter.Open(_folder.Path, SampleStore.Items(), Options with { StartOver = true }))
            SampleStore.Fill(writer.StartModality(SampleStore.Text));
        using var store = FeatureStore.Open(_folder.Path);
        SampleStore.AssertRows(store, SampleStore.Text);
    }

    private static void AssertRefused(Action write, string name)
    {
        string message = Assert.Throws<UserErrorException>(write).Message;
        Assert.Matches($"holds '{name.Split('/')[0]}', which no feature store made, so nothing was written into it; choose a new or empty folder", message);
    }
}
