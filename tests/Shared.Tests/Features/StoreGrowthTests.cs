using System.Text.RegularExpressions;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

/// <summary>A store follows its catalogue: exactly what is new or changed is made, readers see one state or the other, and no kill or fault loses anything.</summary>
public sealed class StoreGrowthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly GrowingShop _shop = GrowingShop.Of(films: 7, books: 4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exactly_new_and_changed_items_are_made_and_old_shards_stay()
    {
        _shop.Extract(_folder.Path);
        var before = FolderContent.Of(_folder.Path);
        _shop.Add("film", "f20");
        _shop.Change("b1");
        _shop.Remove("f2");

        Assert.Equal((2, 2), _shop.Extract(_folder.Path));

        _shop.AssertHeldBy(_folder.Path);
        var after = FolderContent.Of(_folder.Path);
        Assert.All(before.Where(file => StoreLayout.IsShard(file.Key)), file => Assert.Equal(file.Value, after[file.Key]));
        Assert.Equal(2, after.Keys.Count(StoreLayout.IsShard) - before.Keys.Count(StoreLayout.IsShard));
        Assert.Equal((0, 0), _shop.Extract(_folder.Path));
        using var store = FeatureStore.Open(_folder.Path);
        Assert.Equal(-1, store.FindRow("film", "f2"));
    }

    [Fact]
    public void Items_that_come_one_at_a_time_do_not_become_a_shard_each()
    {
        _shop.Extract(_folder.Path);
        for (int step = 0; step < 100; step++)
        {
            _shop.Add("film", $"f{200 + step}");
            if (step % 7 == 0) _shop.Remove($"f{200 + step - 5}");
            Assert.Equal((1, 1), _shop.Extract(_folder.Path));
        }
        _shop.AssertHeldBy(_folder.Path);
        Assert.Equal((0, 0), _shop.Extract(_folder.Path));
        // Of each modality: those of the first state, whole ones, and the few that are let be.
        Assert.InRange(Directory.GetFiles(_folder.Path).Count(file => StoreLayout.IsShard(Path.GetFileName(file))), 2, 2 * (3 + 100 / GrowingShop.ShardRows + 33));
        Assert.Empty(FeatureStoreVerifier.Verify(_folder.Path, Progress.None, CancellationToken.None).Problems);
    }

    [Fact]
    public void Another_order_makes_nothing()
    {
        _shop.Extract(_folder.Path);
        _shop.Shuffle(new Random(3));
        Assert.Equal((0, 0), _shop.Extract(_folder.Path));
        _shop.AssertHeldBy(_folder.Path);
    }

    [Fact]
    public void Any_sequence_of_changes_is_followed()
    {
        var random = new Random(7);
        _shop.Extract(_folder.Path);
        for (int step = 0, next = 30; step < 40; step++)
        {
            var (changed, added) = (new HashSet<string>(), 0);
            for (int change = random.Next(1, 5); change > 0 && _shop.Items.Count > 3; change--)
            {
                string id = _shop.Items[random.Next(_shop.Items.Count)].Id;
                switch (random.Next(4))
                {
                    case 0: _shop.Add(random.Next(2) == 0 ? "film" : "book", $"x{next++}"); added++; break;
                    case 1 when !id.StartsWith('x'): _shop.Remove(id); changed.Remove(id); break;
                    case 2 when !id.StartsWith('x'): _shop.Change(id); changed.Add(id); break;
                    default: _shop.Shuffle(random); break;
                }
            }
            int made = changed.Count + added;
            Assert.Equal((made, made), _shop.Extract(_folder.Path));
            _shop.AssertHeldBy(_folder.Path);
        }
        Assert.Empty(FeatureStoreVerifier.Verify(_folder.Path, Progress.None, CancellationToken.None).Problems);
    }

    [Fact]
    public void Pictures_that_changed_alone_are_made_again_though_the_catalogue_is_the_same()
    {
        _shop.Extract(_folder.Path);
        using (var items = _shop.Table())
        using (var writer = FeatureStoreWriter.Open(_folder.Path, items, new FeatureStoreOptions { ShardRows = GrowingShop.ShardRows, Grows = true, Storage = FaultyStorage.Sound }))
        {
            _shop.Change("f3");
            Assert.Equal(1, _shop.Make(writer, GrowingShop.Text));
            Assert.Equal(1, _shop.Make(writer, GrowingShop.Image));
            Assert.True(writer.IsGrowing);
            writer.Publish();
            Assert.False(writer.IsGrowing);
        }
        _shop.AssertHeldBy(_folder.Path);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kill_or_a_fault_anywhere_leaves_one_state_whole_and_the_next_run_goes_on(bool isKill)
    {
        var after = _shop.Copy();
        for (int i = 0; i < 9; i++) after.Add("film", $"f{40 + i}");
        after.Change("b0");
        after.Remove("f1");
        Directory.CreateDirectory(_folder["whole"]);
        _shop.Extract(_folder["whole"]);
        var counting = FaultyStorage.Sound;
        after.Extract(_folder["whole"], counting);
        after.Extract(_folder["whole"]); // what is no state's any more goes
        var expected = FolderContent.Of(_folder["whole"]);
        Assert.InRange(counting.Operations, 50, 400);
        TestContext.Current.SendDiagnosticMessage("{0} operations of growing", counting.Operations);

        for (int operation = 0; operation < counting.Operations; operation++)
        {
            string store = _folder[$"{operation}"];
            _shop.Extract(store);
            var storage = new FaultyStorage(operation, isKill);
            var failure = Record.Exception(() => after.Extract(store, storage));
            Assert.True(isKill ? failure is FaultyStorage.Killed : failure is null or UserErrorException, $"{operation}: {failure}");

            using (var read = FeatureStore.Open(store))
                (read.ItemCount == after.Items.Count ? after : _shop).AssertHeldBy(read);
            int named = File.Exists(Path.Combine(store, StoreLayout.NextManifestFile)) ? Regex.Count(File.ReadAllText(Path.Combine(store, StoreLayout.NextManifestFile)), "text-[0-9a-f]{12}-0000[3-9]") : 0;
            var (text, _) = after.Extract(store);
            Assert.InRange(text, 0, Math.Max(0, 10 - named * GrowingShop.ShardRows));
            after.AssertHeldBy(store);
            after.Extract(store);
            Assert.Equal(expected, FolderContent.Of(store));
            Directory.Delete(store, recursive: true);
        }
    }

    [Fact]
    public void A_catalogue_that_changes_while_a_store_grows_is_followed_and_what_was_made_is_kept()
    {
        _shop.Extract(_folder.Path);
        var between = _shop.Copy();
        for (int i = 0; i < 10; i++) between.Add("film", $"f{50 + i}");
        using (var items = between.Table())
        using (var writer = FeatureStoreWriter.Open(_folder.Path, items, new FeatureStoreOptions { ShardRows = GrowingShop.ShardRows, Grows = true, Storage = FaultyStorage.Sound }))
            Assert.Equal(8, between.Make(writer, GrowingShop.Text, shards: 2));
        _shop.AssertHeldBy(_folder.Path);

        between.Add("book", "b70");
        between.Remove("f51");
        Assert.Equal((3, 10), between.Extract(_folder.Path));
        between.AssertHeldBy(_folder.Path);
    }

    [Fact]
    public void A_catalogue_that_goes_back_to_its_former_state_takes_the_former_rows()
    {
        _shop.Extract(_folder.Path);
        var between = _shop.Copy();
        between.Change("f0");
        using (var items = between.Table())
        using (var writer = FeatureStoreWriter.Open(_folder.Path, items, new FeatureStoreOptions { ShardRows = GrowingShop.ShardRows, Grows = true, Storage = FaultyStorage.Sound }))
            between.Make(writer, GrowingShop.Text);
        Assert.Equal((0, 0), _shop.Extract(_folder.Path));
        _shop.AssertHeldBy(_folder.Path);
        Assert.False(File.Exists(_folder[StoreLayout.NextManifestFile]));
    }

    [Fact]
    public void Who_has_the_former_state_open_reads_it_to_the_end()
    {
        _shop.Extract(_folder.Path);
        using var open = FeatureStore.Open(_folder.Path);
        var after = _shop.Copy();
        after.Remove("f0");
        after.Add("book", "b90");
        after.Extract(_folder.Path);
        _shop.AssertHeldBy(open);
        after.AssertHeldBy(_folder.Path);
    }

    [Fact]
    public void Rows_of_which_it_is_not_known_what_they_were_made_from_are_made_again_once_the_catalogue_changes()
    {
        Assert.Equal((11, 11), _shop.Extract(_folder.Path, withContent: false));
        Assert.Equal((0, 0), _shop.Extract(_folder.Path));
        _shop.Add("film", "f60");
        using (var items = _shop.Table())
        using (var writer = FeatureStoreWriter.Open(_folder.Path, items, new FeatureStoreOptions { ShardRows = GrowingShop.ShardRows, Grows = true, Storage = FaultyStorage.Sound }))
            Assert.Equal((11, 12L), writer.StartModality(GrowingShop.Text, new GrowingShop.Comparison(_shop)) is var made ? (made.Untold, made.PendingRows) : default);
        Assert.Equal((12, 12), _shop.Extract(_folder.Path));
        _shop.Add("film", "f61");
        Assert.Equal((1, 1), _shop.Extract(_folder.Path));
        _shop.AssertHeldBy(_folder.Path);
    }

    [Fact]
    public void A_modality_that_the_run_does_not_bring_along_keeps_the_former_state()
    {
        _shop.Extract(_folder.Path);
        var after = _shop.Copy();
        after.Add("film", "f60");
        using (var items = after.Table())
        using (var writer = FeatureStoreWriter.Open(_folder.Path, items, new FeatureStoreOptions { ShardRows = GrowingShop.ShardRows, Grows = true, Storage = FaultyStorage.Sound }))
        {
            after.Make(writer, GrowingShop.Text);
            Assert.Contains("image", Assert.Throws<UserErrorException>(writer.Publish).Message, StringComparison.Ordinal);
            _shop.AssertHeldBy(_folder.Path);
            Assert.Equal(1, writer.KeepAsItIs("image"));
            writer.Publish();
        }
        using var store = FeatureStore.Open(_folder.Path);
        int added = store.FindRow("film", "f60");
        float[] vector = [1, 1];
        store.Modality("image").ReadRow(added, vector);
        Assert.False(store.Modality("image").IsPresent(added));
        Assert.Equal([0, 0], vector);
        Assert.True(store.Modality("text").IsPresent(added));
    }

    [Fact]
    public void A_lost_shard_of_a_grown_store_is_made_again_alone()
    {
        _shop.Extract(_folder.Path);
        _shop.Add("film", "f60");
        _shop.Extract(_folder.Path);
        foreach (string shard in FolderContent.Of(_folder.Path).Keys.Where(name => name.StartsWith("text-", StringComparison.Ordinal) && StoreLayout.IsShard(name)).ToList())
        {
            File.Delete(_folder[shard]);
            var (text, image) = _shop.Extract(_folder.Path);
            Assert.InRange(text, 1, GrowingShop.ShardRows);
            Assert.Equal(0, image);
            _shop.AssertHeldBy(_folder.Path);
        }
    }

    [Fact]
    public void Every_flipped_bit_of_a_row_index_is_noticed_by_reader_and_verifier()
    {
        _shop.Extract(_folder.Path);
        _shop.Add("film", "f60");
        _shop.Extract(_folder.Path);
        string path = Directory.GetFiles(_folder.Path, "text-*-rows-*").Single(file => File.ReadAllText(_folder["store.json"]).Contains(Path.GetFileName(file), StringComparison.Ordinal));
        byte[] whole = File.ReadAllBytes(path);
        for (int bit = 0; bit < 8 * whole.Length; bit += 37)
        {
            byte[] changed = [.. whole];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, changed);
            using var store = FeatureStore.Open(_folder.Path);
            Assert.Contains("which says where the rows of modality 'text' lie", Assert.Throws<UserErrorException>(() => store.Modality("text")).Message, StringComparison.Ordinal);
            Assert.NotEmpty(FeatureStoreVerifier.Verify(_folder.Path, Progress.None, CancellationToken.None).Problems);
        }
    }

    [Fact]
    public void A_reader_of_before_row_indices_refuses_a_store_that_has_grown_and_reads_one_that_has_not()
    {
        _shop.Extract(_folder.Path);
        Assert.Matches("\"oldestReader\": 1,", File.ReadAllText(_folder["store.json"]));
        _shop.Add("film", "f60");
        _shop.Extract(_folder.Path);
        Assert.Matches("\"oldestReader\": 3,", File.ReadAllText(_folder["store.json"]));
    }

    [Fact]
    public void The_rows_of_a_grown_store_lie_where_the_document_says()
    {
        _shop.Extract(_folder.Path);
        _shop.Remove("f0");
        _shop.Add("book", "b8");
        _shop.Extract(_folder.Path);
        string manifest = File.ReadAllText(_folder["store.json"]);
        foreach (string key in new[] { "rowIndex", "abandoned", "first", "count", "content", "noted", "dataset", "basis" })
            Assert.Matches($"\"{key}\":", manifest);
        string index = Regex.Match(manifest, "text-[0-9a-f]{12}-rows-[0-9a-f]{12}.safetensors").Value;
        byte[] bytes = File.ReadAllBytes(_folder[index]);
        int payload = 8 + BitConverter.ToInt32(bytes);
        // 11 rows lay in shards of 4; the twelfth position is free, and what is new begins a shard.
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12], Enumerable.Range(0, 11).Select(row => BitConverter.ToInt32(bytes, payload + 4 * row)));
    }
}
