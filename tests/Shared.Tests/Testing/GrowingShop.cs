using System.Text;
using UniM2Rec.Features;
using UniM2Rec.Storage;

namespace UniM2Rec.Tests.Testing;

/// <summary>A catalogue that changes: each item has a version, from which its vectors follow. What a store of it must hold is plain to see.</summary>
public sealed class GrowingShop
{
    public const int ShardRows = 4;

    public static readonly ModalitySpecification Text = new("text", 3, FeatureType.Float16, "words", "aaaa");

    public static readonly ModalitySpecification Image = new("image", 2, FeatureType.Float32, "pixels", "bbbb");

    private readonly List<(string Domain, string Id, int Version)> _items = [];

    /// <summary>Items in the order of their rows.</summary>
    public IReadOnlyList<(string Domain, string Id, int Version)> Items => _items;

    /// <summary>A shop of two domains.</summary>
    public static GrowingShop Of(int films, int books)
    {
        var shop = new GrowingShop();
        for (int i = 0; i < films; i++) shop.Add("film", $"f{i}");
        for (int i = 0; i < books; i++) shop.Add("book", $"b{i}");
        return shop;
    }

    public GrowingShop Copy()
    {
        var copy = new GrowingShop();
        copy._items.AddRange(_items);
        return copy;
    }

    /// <summary>Adds an item at the end of its domain.</summary>
    public void Add(string domain, string id, int version = 0)
    {
        int end = domain == "film" ? _items.FindLastIndex(item => item.Domain == "film") + 1 : _items.Count;
        _items.Insert(end, (domain, id, version));
    }

    public void Remove(string id) => _items.RemoveAll(item => item.Id == id);

    public void Change(string id)
    {
        int row = _items.FindIndex(item => item.Id == id);
        _items[row] = _items[row] with { Version = _items[row].Version + 1 };
    }

    /// <summary>Another order within each domain.</summary>
    public void Shuffle(Random random)
    {
        var sorted = _items.OrderBy(item => item.Domain == "film" ? 0 : 1).ThenBy(_ => random.Next()).ToList();
        _items.Clear();
        _items.AddRange(sorted);
    }

    public ItemTable Table()
    {
        var builder = new ItemTableBuilder();
        foreach (string domain in new[] { "film", "book" })
        {
            builder.BeginDomain(domain);
            foreach (var item in _items.Where(item => item.Domain == domain)) builder.Add(item.Id);
        }
        return builder.Build("shop", string.Join(' ', _items.Select(item => $"{item.Domain}{item.Id}{item.Version}")));
    }

    /// <summary>Brings a store to this state, as the extractor does.</summary>
    /// <returns>how many rows each modality had to have made</returns>
    public (int Text, int Image) Extract(string folder, IStorage? storage = null, bool withContent = true)
    {
        using var items = Table();
        using var writer = FeatureStoreWriter.Open(folder, items, new FeatureStoreOptions { ShardRows = ShardRows, Grows = true, Storage = storage ?? FaultyStorage.Sound });
        int text = Make(writer, Text, withContent), image = Make(writer, Image, withContent);
        writer.Publish();
        return (text, image);
    }

    public int Make(FeatureStoreWriter writer, ModalitySpecification modality, bool withContent = true, int shards = int.MaxValue)
    {
        var made = writer.StartModality(modality, new Comparison(this));
        int rows = 0;
        foreach (var range in made.Pending.Take(shards))
        {
            using var shard = made.NewShard(range);
            for (int position = range.FirstRow; position < range.FirstRow + range.Rows; position++)
            {
                int row = made.RowAt(position);
                if (withContent) shard.SetContent(position, Content(row));
                if (Vector(modality, row) is { } vector) shard.Set(position, vector);
                rows++;
            }
            made.Commit(shard);
        }
        return rows;
    }

    /// <summary>What a row must hold; null where it lacks the modality.</summary>
    public float[]? Vector(ModalitySpecification modality, int row)
    {
        var (domain, id, version) = _items[row];
        int number = int.Parse(id.AsSpan(1)) + (domain == "film" ? 0 : 100);
        return (number + version) % 5 == 2 ? null : [.. Enumerable.Range(1, modality.Width).Select(column => (float)(number * column + version + (modality.Name == "text" ? 0 : 0.5)))];
    }

    public void AssertHeldBy(string folder)
    {
        using var store = FeatureStore.Open(folder);
        AssertHeldBy(store);
    }

    public void AssertHeldBy(FeatureStore store)
    {
        Assert.Equal(_items.Count, store.ItemCount);
        foreach (var modality in new[] { Text, Image })
        {
            var features = store.Modality(modality.Name);
            float[] vector = new float[modality.Width], all = new float[modality.Width * _items.Count], gathered = new float[modality.Width * _items.Count];
            features.ReadRange(0, _items.Count, all);
            features.Gather([.. Enumerable.Range(0, _items.Count).Reverse()], gathered);
            int present = 0;
            for (int row = 0; row < _items.Count; row++)
            {
                Assert.Equal(row, store.FindRow(_items[row].Domain, _items[row].Id));
                Assert.Equal(_items[row].Id, store.GetItemId(row));
                float[]? expected = Vector(modality, row);
                Assert.Equal(expected is not null, features.IsPresent(row));
                present += expected is null ? 0 : 1;
                features.ReadRow(row, vector);
                expected ??= new float[modality.Width];
                Assert.Equal(expected, vector);
                Assert.Equal(expected, all[(row * modality.Width)..((row + 1) * modality.Width)]);
                int backwards = _items.Count - 1 - row;
                Assert.Equal(expected, gathered[(backwards * modality.Width)..((backwards + 1) * modality.Width)]);
            }
            Assert.Equal(present, features.PresentCount);
        }
    }

    private byte[] Content(int row)
    {
        byte[] content = new byte[RowContent.Bytes];
        RowContent.Of(Encoding.UTF8.GetBytes($"{_items[row].Version}"), [], content);
        return content;
    }

    internal sealed class Comparison(GrowingShop shop) : IRowComparison
    {
        public bool IsUnchanged(int row, ReadOnlySpan<byte> content) => content.IsEmpty || content.SequenceEqual(shop.Content(row));
    }
}
