using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

public sealed class StaleModalityTests : IDisposable
{
    private static readonly ModalitySpecification NewText = SampleStore.Text with { EncoderFingerprint = "cccc", EncoderName = "new words" };

    private static readonly FeatureStoreOptions Options = new() { ShardRows = SampleStore.ShardRows };

    private readonly TemporaryFolder folder = new();

    public StaleModalityTests() => SampleStore.Write(folder.Path, SampleStore.Items());

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_unchanged_encoder_has_nothing_to_do_and_changes_no_byte()
    {
        var before = FolderContent.Of(folder.Path);
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options))
            Assert.Empty(writer.StartModality(SampleStore.Text with { EncoderName = "renamed" }).Pending);
        Assert.Equal(before, FolderContent.Of(folder.Path));
    }

    [Fact]
    public void A_new_encoder_replaces_exactly_its_modality()
    {
        var images = Directory.GetFiles(folder.Path, "image-*").ToDictionary(path => path, File.GetLastWriteTimeUtc);
        SampleStore.Write(folder.Path, SampleStore.Items(), modalities: NewText);
        using var store = FeatureStore.Open(folder.Path);
        SampleStore.AssertRows(store, NewText);
        SampleStore.AssertRows(store, SampleStore.Image);
        Assert.Equal(images, Directory.GetFiles(folder.Path, "image-*").ToDictionary(path => path, File.GetLastWriteTimeUtc));
        Assert.Equal(5, Directory.GetFiles(folder.Path, "text-*").Length);
        using var fresh = new TemporaryFolder();
        SampleStore.Write(fresh.Path, SampleStore.Items(), null, null, NewText, SampleStore.Image);
        Assert.Equal(FolderContent.Of(fresh.Path), FolderContent.Of(folder.Path));
    }

    [Fact]
    public void Until_the_new_rows_are_complete_the_store_has_all_of_the_old_ones()
    {
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options))
        {
            Assert.Equal("aaaa", writer.Complete.Single(modality => modality.Name == "text").EncoderFingerprint);
            SampleStore.Fill(writer.StartModality(NewText), shards: 3);
        }
        using (var store = FeatureStore.Open(folder.Path))
            SampleStore.AssertRows(store, SampleStore.Text);
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options))
            Assert.Equal(2, writer.StartModality(NewText).Pending.Count);
    }

    [Fact]
    public void Rows_of_an_encoder_that_was_given_up_are_dropped()
    {
        var before = FolderContent.Of(folder.Path);
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options))
            SampleStore.Fill(writer.StartModality(NewText), shards: 3);
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options))
            SampleStore.Fill(writer.StartModality(NewText with { EncoderFingerprint = "dddd" }), shards: 1);
        Assert.Equal(6, Directory.GetFiles(folder.Path, "text-*").Length);
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options))
            Assert.Empty(writer.StartModality(SampleStore.Text).Pending);
        Assert.Equal(before, FolderContent.Of(folder.Path));
    }

    [Fact]
    public void Another_width_or_type_makes_the_modality_stale_too()
    {
        using var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options);
        Assert.Equal(5, writer.StartModality(SampleStore.Text with { Type = FeatureType.Float32 }).Pending.Count);
        Assert.Equal(5, writer.StartModality(SampleStore.Text with { Width = 6 }).Pending.Count);
    }

    [Fact]
    public void A_changed_catalogue_is_refused_with_both_fingerprints_or_started_over()
    {
        var changed = SampleStore.Items(fingerprint: "catalogue-2");
        string message = Assert.Throws<UserErrorException>(() => FeatureStoreWriter.Open(folder.Path, changed, Options)).Message;
        Assert.Contains("'catalogue-1' and this run has 'catalogue-2'", message);
        using (var writer = FeatureStoreWriter.Open(folder.Path, changed, Options with { StartOver = true }))
            Assert.Empty(writer.Complete);
        Assert.Equal([StoreLayout.ItemTableFile, StoreLayout.ManifestFile], FolderContent.Of(folder.Path).Keys);
    }

    [Fact]
    public void Two_writers_at_the_same_time_are_refused()
    {
        using var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options);
        string message = Assert.Throws<UserErrorException>(() => FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options)).Message;
        Assert.Contains("is writing into the feature store", message);
    }

    [Theory]
    [InlineData(float.NaN, FeatureType.Float32)]
    [InlineData(float.NegativeInfinity, FeatureType.Float32)]
    [InlineData(65520f, FeatureType.Float16)]
    public void A_number_that_the_type_cannot_hold_is_refused_with_row_and_encoder(float value, FeatureType type)
    {
        using var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options);
        var cross = writer.StartModality(new ModalitySpecification("cross", 3, type, "broken", "eeee"));
        using var shard = cross.NewShard(cross.Pending[1]);
        string message = Assert.Throws<UserErrorException>(() => shard.Set(6, [1f, value, 2f])).Message;
        Assert.Contains("encoder 'broken' gave a vector for row 6 of modality 'cross'", message);
        Assert.Equal(0, shard.PresentCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Set(8, new float[3]));
    }

    [Fact]
    public void The_largest_half_is_accepted()
    {
        using var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), Options);
        var cross = writer.StartModality(new ModalitySpecification("cross", 1, FeatureType.Float16, "large", "eeee"));
        using var shard = cross.NewShard(cross.Pending[0]);
        shard.Set(0, [-65504f]);
        Assert.Equal(1, shard.PresentCount);
    }
}
