using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>A catalogue of one domain that is written again and again; an item's features depend on its id alone, wherever it stands.</summary>
internal sealed class Shop : IDisposable
{
    public const string Domain = "tools";
    private const int Width = 8;
    private readonly TemporaryFolder _folder = new();

    public string Dataset => _folder["shop"];

    public string Features => _folder["features"];

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    public static string[] Items(int count) => [.. Enumerable.Range(0, count).Select(i => $"t{i}")];

    /// <summary>Users with six events each on the first <paramref name="items"/> items.</summary>
    public static (string User, string Item, int Time)[] Events(int items, int users = 30, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, users).SelectMany(u => Enumerable.Range(0, 6).Select(e => ($"u{u}", $"t{random.Next(items)}", (6 * u) + e)))];
    }

    /// <summary>Writes catalogue and features in the place of what was there; <paramref name="shift"/> is added to every feature.</summary>
    public void Write(string[] items, (string User, string Item, int Time)[] events, float shift = 0)
    {
        foreach (string old in new[] { Dataset, Features }.Where(Directory.Exists)) Directory.Delete(old, recursive: true);
        using (var writer = DatasetWriter.Create(Dataset, "shop", [Domain]))
        {
            foreach (string item in items) writer.WriteItem(new Item { Domain = Domain, ItemId = item, Title = $"tool {item}", Category = KindOf(item) });
            foreach (var (user, item, time) in events) writer.WriteInteraction(Domain, new Interaction(user, item, time, float.NaN, SplitPart.Unspecified));
            writer.Complete();
        }

        var dataset = UniM2Rec.Catalogue.Dataset.Open(Dataset);
        var table = new ItemTableBuilder();
        table.BeginDomain(Domain);
        foreach (string item in items) table.Add(item);
        using var store = FeatureStoreWriter.Open(Features, table.Build(dataset.Name, dataset.ComputeFingerprint()));
        foreach (string modality in new[] { "text", "image" })
        {
            var made = store.StartModality(new ModalitySpecification(modality, Width, FeatureType.Float32, "test", "0123456789abcdef"));
            foreach (var range in made.Pending)
            {
                using var shard = made.NewShard(range);
                for (int row = range.FirstRow; row < range.FirstRow + range.Rows; row++) shard.Set(row, Vector(modality, items[row], shift));
                made.Commit(shard);
            }
        }
    }

    /// <summary>Category of an item.</summary>
    public static string KindOf(string item) => $"Kind {int.Parse(item.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) % 2}";

    private static float[] Vector(string modality, string item, float shift)
    {
        var random = new Random(int.Parse(item.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) + (modality == "text" ? 0 : 1000));
        return [.. Enumerable.Range(0, Width).Select(_ => (float)((random.NextDouble() * 2) - 1) + shift)];
    }
}
