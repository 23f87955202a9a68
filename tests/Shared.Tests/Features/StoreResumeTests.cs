using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

public sealed class StoreResumeTests : IDisposable
{
    private readonly TemporaryFolder whole = new();

    public StoreResumeTests() => SampleStore.Write(whole.Path, SampleStore.Items());

    public void Dispose() => whole.Dispose();

    [Fact]
    public void Resume_after_kill_gives_identical_shards()
    {
        var probe = new FaultyStorage(int.MaxValue);
        using (var folder = new TemporaryFolder())
            SampleStore.Write(folder.Path, SampleStore.Items(), storage: probe);
        Assert.InRange(probe.Operations, 60, 1000);
        TestContext.Current.SendDiagnosticMessage("{0} operations", probe.Operations);
        for (int killAt = 0; killAt < probe.Operations; killAt++)
        {
            using var folder = new TemporaryFolder();
            Assert.Throws<FaultyStorage.Killed>(() =>
                SampleStore.Write(folder.Path, SampleStore.Items(), storage: new FaultyStorage(killAt, isKill: true)));
            AssertNothingIncompleteIsNamed(folder.Path);
            SampleStore.Write(folder.Path, SampleStore.Items());
            Assert.Equal(FolderContent.Of(whole.Path), FolderContent.Of(folder.Path));
        }
    }

    [Fact]
    public void A_fault_at_any_operation_is_one_sentence_and_leaves_the_complete_shards_usable()
    {
        var probe = new FaultyStorage(int.MaxValue);
        using (var folder = new TemporaryFolder())
            SampleStore.Write(folder.Path, SampleStore.Items(), storage: probe);
        for (int failAt = 0; failAt < probe.Operations; failAt++)
        {
            using var folder = new TemporaryFolder();
            try
            {
                SampleStore.Write(folder.Path, SampleStore.Items(), storage: new FaultyStorage(failAt));
            }
            catch (UserErrorException failure)
            {
                Assert.Contains("No space left on device", failure.Message);
            }
            AssertNothingIncompleteIsNamed(folder.Path);
            SampleStore.Write(folder.Path, SampleStore.Items());
            Assert.Equal(FolderContent.Of(whole.Path), FolderContent.Of(folder.Path));
        }
    }

    [Fact]
    public void A_commit_that_failed_can_be_tried_again()
    {
        using var folder = new TemporaryFolder();
        var storage = new FaultyStorage(0, counts: operation => operation.StartsWith("replace ") && operation.Contains("text-"));
        var options = new FeatureStoreOptions { ShardRows = SampleStore.ShardRows, Storage = storage };
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), options))
        {
            var text = writer.StartModality(SampleStore.Text);
            using var shard = SampleStore.Make(text, text.Pending[0]);
            Assert.Throws<UserErrorException>(() => text.Commit(shard));
            Assert.Equal(5, text.Pending.Count);
            text.Commit(shard);
            SampleStore.Fill(text);
            Assert.Empty(text.Pending);
            SampleStore.Fill(writer.StartModality(SampleStore.Image));
        }
        Assert.Equal(FolderContent.Of(whole.Path), FolderContent.Of(folder.Path));
    }

    [Fact]
    public void Shards_committed_before_are_not_made_again()
    {
        using var folder = new TemporaryFolder();
        var options = new FeatureStoreOptions { ShardRows = SampleStore.ShardRows };
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), options))
            SampleStore.Fill(writer.StartModality(SampleStore.Text), shards: 2);
        using (var writer = FeatureStoreWriter.Open(folder.Path, SampleStore.Items(), options))
        {
            var text = writer.StartModality(SampleStore.Text);
            Assert.Equal([new ShardRange(2, 8, 4), new ShardRange(3, 12, 4), new ShardRange(4, 16, 2)], text.Pending);
            Assert.Equal(10, text.PendingRows);
        }
    }

    [Fact]
    public void Order_of_work_does_not_show_in_the_bytes()
    {
        using var folder = new TemporaryFolder();
        using (var writer = FeatureStoreWriter.Open(
            folder.Path, SampleStore.Items(), new FeatureStoreOptions { ShardRows = SampleStore.ShardRows }))
        {
            ModalityWriter image = writer.StartModality(SampleStore.Image), text = writer.StartModality(SampleStore.Text);
            foreach (var range in text.Pending.Reverse())
            {
                foreach (var modality in new[] { image, text })
                {
                    using var shard = SampleStore.Make(modality, range);
                    modality.Commit(shard);
                }
            }
        }
        Assert.Equal(FolderContent.Of(whole.Path), FolderContent.Of(folder.Path));
    }

    [Fact]
    public void A_shard_that_was_lost_is_the_only_one_made_again()
    {
        using var folder = new TemporaryFolder();
        SampleStore.Write(folder.Path, SampleStore.Items());
        File.Delete(folder[StoreLayout.Shard(SampleStore.Text, 3)]);
        using (var writer = FeatureStoreWriter.Open(
            folder.Path, SampleStore.Items(), new FeatureStoreOptions { ShardRows = SampleStore.ShardRows }))
        {
            var text = writer.StartModality(SampleStore.Text);
            Assert.Equal([new ShardRange(3, 12, 4)], text.Pending);
            Assert.Empty(writer.StartModality(SampleStore.Image).Pending);
            SampleStore.Fill(text);
        }
        Assert.Equal(FolderContent.Of(whole.Path), FolderContent.Of(folder.Path));
    }

    [Fact]
    public void A_kill_while_a_store_is_started_over_leaves_the_old_one_or_the_new_one_and_never_a_mixture()
    {
        static ItemTable New() => SampleStore.Items(films: 10, books: 8, fingerprint: "catalogue-2");
        static void Make(string folder, ItemTable items, IStorage storage, bool startOver)
        {
            var options = new FeatureStoreOptions { ShardRows = SampleStore.ShardRows, Storage = storage, StartOver = startOver };
            using var writer = FeatureStoreWriter.Open(folder, items, options);
            // The same encoders, so that the new shards have the names of the old ones.
            SampleStore.Fill(writer.StartModality(SampleStore.Text));
            SampleStore.Fill(writer.StartModality(SampleStore.Image));
        }

        using var fresh = new TemporaryFolder();
        Make(fresh.Path, New(), FaultyStorage.Sound, startOver: false);
        var (oldContent, newContent) = (FolderContent.Of(whole.Path), FolderContent.Of(fresh.Path));
        var probe = new FaultyStorage(int.MaxValue);
        using (var folder = Copy(whole.Path))
            Make(folder.Path, New(), probe, startOver: true);
        Assert.InRange(probe.Operations, 60, 1000);
        TestContext.Current.SendDiagnosticMessage("{0} operations", probe.Operations);
        int refused = 0;
        for (int killAt = 0; killAt < probe.Operations; killAt++)
        {
            using var folder = Copy(whole.Path);
            Assert.Throws<FaultyStorage.Killed>(() => Make(folder.Path, New(), new FaultyStorage(killAt, isKill: true), startOver: true));
            foreach (var (items, expected) in new[] { (SampleStore.Items(), oldContent), (New(), newContent) })
            {
                using var again = Copy(folder.Path);
                try
                {
                    Make(again.Path, items, FaultyStorage.Sound, startOver: false);
                    Assert.Equal(expected, FolderContent.Of(again.Path));
                }
                catch (UserErrorException failure)
                {
                    Assert.Contains("start this one over", failure.Message);
                    refused++;
                }
            }
            Make(folder.Path, New(), FaultyStorage.Sound, startOver: true);
            Assert.Equal(newContent, FolderContent.Of(folder.Path));
        }
        // At each moment the folder belongs to one of the two, and the other one's command is refused.
        Assert.Equal(probe.Operations, refused);
    }

    private static TemporaryFolder Copy(string folder)
    {
        var copy = new TemporaryFolder();
        foreach (string path in Directory.GetFiles(folder))
            File.Copy(path, copy[Path.GetFileName(path)]);
        return copy;
    }

    // Whatever the moment of the failure: every file that a manifest names is whole.
    private static void AssertNothingIncompleteIsNamed(string folder)
    {
        if (!File.Exists(Path.Combine(folder, StoreLayout.ManifestFile)))
            return;
        Assert.Empty(FeatureStoreVerifier.Verify(folder, Progress.None, CancellationToken.None).Problems);
        using var store = FeatureStore.Open(folder);
        foreach (string name in store.ModalityNames)
            SampleStore.AssertRows(store, name == "text" ? SampleStore.Text : SampleStore.Image);
    }
}
