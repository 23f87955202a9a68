using UniM2Rec.Features;
using UniM2Rec.Storage;

namespace UniM2Rec.Tests.Testing;

/// <summary>A small store whose every number follows from its row, so that tests know what to expect.</summary>
public static class SampleStore
{
    public const int ShardRows = 4;

    public static readonly ModalitySpecification Text = new("text", 5, FeatureType.Float16, "words", "aaaa");

    public static readonly ModalitySpecification Image = new("image", 3, FeatureType.Float32, "pixels", "bbbb");

    /// <summary>Items film/f0.. and book/b0..; by default 18 rows, which is 5 shards.</summary>
    public static ItemTable Items(int films = 11, int books = 7, string fingerprint = "catalogue-1")
    {
        var builder = new ItemTableBuilder();
        builder.BeginDomain("film");
        for (int item = 0; item < films; item++)
            builder.Add($"f{item}");
        builder.BeginDomain("book");
        for (int item = 0; item < books; item++)
            builder.Add($"b{item}");
        return builder.Build("sample", fingerprint);
    }

    /// <summary>Every fifth row lacks the text, every third the image.</summary>
    public static bool IsPresent(ModalitySpecification modality, int row) => row % (modality.Name == "text" ? 5 : 3) != 2;

    /// <summary>Exact in half precision; depends on the encoder, too. Zero for a present row 0.</summary>
    public static float Value(ModalitySpecification modality, int row, int column) =>
        row * (column + 1) * 0.25f * (modality.EncoderFingerprint[0] - 'a' + 1);

    public static void Write(string folder, ItemTable items, StorePartition? partition = null, IStorage? storage = null,
        params ModalitySpecification[] modalities)
    {
        var options = new FeatureStoreOptions { ShardRows = ShardRows, Partition = partition, Storage = storage ?? FaultyStorage.Sound };
        using var writer = FeatureStoreWriter.Open(folder, items, options);
        foreach (var modality in modalities.Length == 0 ? [Text, Image] : modalities)
            Fill(writer.StartModality(modality));
    }

    public static void Fill(ModalityWriter writer, int shards = int.MaxValue)
    {
        foreach (var range in writer.Pending.Take(shards))
        {
            using var shard = Make(writer, range);
            writer.Commit(shard);
        }
    }

    public static ShardBuffer Make(ModalityWriter writer, ShardRange range)
    {
        var shard = writer.NewShard(range);
        float[] vector = new float[writer.Modality.Width];
        for (int row = range.FirstRow; row < range.FirstRow + range.Rows; row++)
        {
            if (!IsPresent(writer.Modality, row))
                continue;
            for (int column = 0; column < vector.Length; column++)
                vector[column] = Value(writer.Modality, row, column);
            shard.Set(row, vector);
        }
        return shard;
    }

    /// <summary>Compares every row with what <see cref="Fill"/> put there.</summary>
    public static void AssertRows(FeatureStore store, ModalitySpecification modality)
    {
        var features = store.Modality(modality.Name);
        Assert.Equal(modality.EncoderFingerprint, features.EncoderFingerprint);
        float[] vector = new float[modality.Width];
        for (int row = 0; row < store.ItemCount; row++)
        {
            bool present = IsPresent(modality, row);
            Assert.Equal(present, features.IsPresent(row));
            features.ReadRow(row, vector);
            Assert.Equal(Enumerable.Range(0, modality.Width).Select(column => present ? Value(modality, row, column) : 0), vector);
        }
    }
}
