using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

/// <summary>Full disks, kills and other writers, at every operation of what writes a store.</summary>
public sealed class StoreFaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public StoreFaultTests()
    {
        SampleStore.Write(_folder["whole"], SampleStore.Items());
        for (int part = 1; part <= 2; part++)
            SampleStore.Write(_folder[$"p{part}"], SampleStore.Items(), new StorePartition(part, 2));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_merge_that_fails_anywhere_is_one_sentence_and_the_same_command_finishes_it(bool isKill)
    {
        var whole = FolderContent.Of(_folder["whole"]);
        var parts = new[] { FolderContent.Of(_folder["p1"]), FolderContent.Of(_folder["p2"]) };
        var probe = new FaultyStorage(int.MaxValue);
        Merge("probe", probe);
        Assert.InRange(probe.Operations, 60, 500);
        TestContext.Current.SendDiagnosticMessage("{0} operations of a merge", probe.Operations);
        for (int failAt = 0; failAt < probe.Operations; failAt++)
        {
            string output = $"merged{failAt}";
            var failure = Record.Exception(() => Merge(output, new FaultyStorage(failAt, isKill)));
            if (isKill)
                Assert.IsType<FaultyStorage.Killed>(failure);
            else
                Assert.True(failure is null || (failure is UserErrorException && failure.Message.Contains("No space left on device", StringComparison.Ordinal)), failure?.ToString());
            // Whatever names a file names a whole one.
            if (File.Exists(_folder[output + "/" + StoreLayout.ManifestFile]))
                Assert.Empty(FeatureStoreVerifier.Verify(_folder[output], Progress.None, CancellationToken.None).Problems);
            else
                Merge(output, FaultyStorage.Sound);
            Assert.Equal(whole, FolderContent.Of(_folder[output]).Where(file => !file.Key.EndsWith(".tmp", StringComparison.Ordinal)));
        }
        Assert.Equal(parts, [FolderContent.Of(_folder["p1"]), FolderContent.Of(_folder["p2"])]);
    }

    [Fact]
    public void A_file_that_can_not_be_flushed_is_never_renamed_into_place()
    {
        var probe = new FaultyStorage(int.MaxValue, counts: operation => operation == "sync");
        SampleStore.Write(_folder["probe"], SampleStore.Items(), storage: probe);
        Assert.Equal(12 + 12, probe.Operations);
        for (int failAt = 0; failAt < probe.Operations; failAt++)
        {
            string folder = _folder[$"f{failAt}"];
            Assert.Throws<UserErrorException>(() => SampleStore.Write(folder, SampleStore.Items(), storage: new FaultyStorage(failAt, counts: operation => operation == "sync")));
            if (File.Exists(Path.Combine(folder, StoreLayout.ManifestFile)))
                Assert.Empty(FeatureStoreVerifier.Verify(folder, Progress.None, CancellationToken.None).Problems);
            Assert.Empty(Directory.Exists(folder) ? Directory.GetFiles(folder, "*.tmp") : []);
        }
    }

    [Fact]
    public async Task Of_several_writers_one_writes_and_the_others_are_refused_before_anything_changes()
    {
        string folder = _folder["contested"];
        const int writers = 8, rounds = 20;
        int wrote = 0, refused = 0, inside = 0;
        for (int round = 0; round < rounds; round++)
        {
            using var together = new Barrier(writers);
            await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Factory.StartNew(() =>
            {
                together.SignalAndWait();
                try
                {
                    using var held = StoreFolder.Hold(folder);
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    using var writer = held.Open(SampleStore.Items(), new FeatureStoreOptions { ShardRows = SampleStore.ShardRows, Storage = FaultyStorage.Sound });
                    SampleStore.Fill(writer.StartModality(SampleStore.Text));
                    SampleStore.Fill(writer.StartModality(SampleStore.Image));
                    Interlocked.Increment(ref wrote);
                    Interlocked.Decrement(ref inside);
                }
                catch (UserErrorException error)
                {
                    Assert.Contains("is writing into the feature store", error.Message, StringComparison.Ordinal);
                    Interlocked.Increment(ref refused);
                }
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }
        Assert.Equal(writers * rounds, wrote + refused);
        Assert.InRange(wrote, rounds, writers * rounds - 1);
        Assert.Equal(FolderContent.Of(_folder["whole"]), FolderContent.Of(folder));
    }

    [Fact]
    public void A_merge_into_a_folder_that_another_program_writes_into_is_refused()
    {
        using (StoreFolder.Hold(_folder["out"]))
            Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", Assert.Throws<UserErrorException>(() => Merge("out", FaultyStorage.Sound)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
        Merge("out", FaultyStorage.Sound);
        Assert.Equal(FolderContent.Of(_folder["whole"]), FolderContent.Of(_folder["out"]));
    }

    private void Merge(string output, FaultyStorage storage) =>
        FeatureStoreMerger.Merge([_folder["p2"], _folder["p1"]], _folder[output], Progress.None, CancellationToken.None, storage);
}
