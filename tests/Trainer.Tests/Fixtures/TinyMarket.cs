using System.Globalization;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>
/// A small catalogue on disk with its feature store: domains "books" and "music", items in taste groups that show in the features, users
/// who stay with their group. Gone when disposed.
/// </summary>
/// <remarks>Every feature is multiplied by <c>scale</c>, and <c>offset</c> is added to it; <c>change</c> may write over an item's vectors.</remarks>
internal sealed class TinyMarket : IDisposable
{
    private const int ItemsPerDomain = 24;
    private const int Groups = 4;
    private const int Width = 16;

    private readonly float _scale;
    private readonly float _offset;
    private readonly Action<string, float[]>? _change;

    public TinyMarket(int users = 60, int seed = 1, float scale = 1, float offset = 0, Action<string, float[]>? change = null)
    {
        (_scale, _offset, _change) = (scale, offset, change);
        Folder = Directory.CreateTempSubdirectory("unim2rec-test-").FullName;
        Dataset = Path.Combine(Folder, "market");
        Features = Path.Combine(Folder, "features");
        var random = new Random(seed);
        WriteCatalogue(random, users);
        WriteFeatures(random);
    }

    public string Folder { get; }

    public string Dataset { get; }

    public string Features { get; }

    public string Run(string name) => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void WriteCatalogue(Random random, int users)
    {
        string[] domains = ["books", "music"];
        using var writer = DatasetWriter.Create(Dataset, "tiny", domains);
        foreach (string domain in domains)
        {
            for (int i = 0; i < ItemsPerDomain; i++) writer.WriteItem(new Item { Domain = domain, ItemId = ItemId(domain, i), Title = $"Group {i % Groups}, number {i}" });
        }

        for (int u = 0; u < users; u++)
        {
            int group = random.Next(Groups);
            for (int t = 0; t < 12; t++)
            {
                string domain = domains[random.Next(2)];
                int item = (random.Next(ItemsPerDomain / Groups) * Groups) + group;
                writer.WriteInteraction(domain, new Interaction(u.ToString(CultureInfo.InvariantCulture), ItemId(domain, item), t, float.NaN, SplitPart.Unspecified));
            }
        }

        writer.Complete();
    }

    private void WriteFeatures(Random random)
    {
        var dataset = UniM2Rec.Catalogue.Dataset.Open(Dataset);
        var table = new ItemTableBuilder();
        foreach (string domain in dataset.Domains)
        {
            table.BeginDomain(domain);
            for (int i = 0; i < ItemsPerDomain; i++) table.Add(ItemId(domain, i));
        }

        using var writer = FeatureStoreWriter.Open(Features, table.Build(dataset.Name, dataset.ComputeFingerprint()));
        foreach (string modality in new[] { "text", "image" })
        {
            float[][] centres = Enumerable.Range(0, Groups).Select(_ => Vector(random)).ToArray();
            var modalityWriter = writer.StartModality(new ModalitySpecification(modality, Width, FeatureType.Float32, "test", "0123456789abcdef"));
            foreach (var range in modalityWriter.Pending)
            {
                using var shard = modalityWriter.NewShard(range);
                for (int row = range.FirstRow; row < range.FirstRow + range.Rows; row++)
                {
                    float[] noise = Vector(random);
                    if (modality == "image" && row % 5 == 0) continue;
                    float[] vector = centres[row % ItemsPerDomain % Groups].Zip(noise, (c, n) => ((c + (0.2f * n)) * _scale) + _offset).ToArray();
                    _change?.Invoke(ItemId(row < ItemsPerDomain ? "books" : "music", row % ItemsPerDomain), vector);
                    shard.Set(row, vector);
                }

                modalityWriter.Commit(shard);
            }
        }
    }

    private static float[] Vector(Random random) => Enumerable.Range(0, Width).Select(_ => (float)((random.NextDouble() * 2) - 1)).ToArray();

    private static string ItemId(string domain, int i) => $"{domain[0]}{i}";
}
