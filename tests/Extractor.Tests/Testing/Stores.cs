using UniM2Rec.Features;

namespace UniM2Rec.Tests.Testing;

/// <summary>Compares what runs leave.</summary>
internal static class Stores
{
    /// <summary>Two stores hold the same items with the same vectors, wherever these lie. Vectors that were computed in another company differ in their last digits.</summary>
    public static void AssertSameRows(string expected, string actual)
    {
        using var a = FeatureStore.Open(expected);
        using var b = FeatureStore.Open(actual);
        Assert.Equal(a.DatasetFingerprint, b.DatasetFingerprint);
        Assert.Equal(Enumerable.Range(0, a.ItemCount).Select(a.GetItemId), Enumerable.Range(0, b.ItemCount).Select(b.GetItemId));
        Assert.Equal(a.ModalityNames, b.ModalityNames);
        foreach (string name in a.ModalityNames)
        {
            var (x, y) = (a.Modality(name), b.Modality(name));
            Assert.Equal((x.Width, x.Type, x.EncoderFingerprint, x.PresentCount), (y.Width, y.Type, y.EncoderFingerprint, y.PresentCount));
            var (u, v) = (new float[x.Width], new float[y.Width]);
            for (int row = 0; row < a.ItemCount; row++)
            {
                Assert.Equal(x.IsPresent(row), y.IsPresent(row));
                x.ReadRow(row, u);
                y.ReadRow(row, v);
                Assert.All(u.Zip(v), p => Assert.Equal(p.First, p.Second, 2e-3f * Math.Max(1, Math.Abs(p.First))));
            }
        }
    }

    /// <summary>Name and bytes of every shard, item table and manifest.</summary>
    public static Dictionary<string, string> Contents(string folder) =>
        Directory.GetFiles(folder).Where(f => f.EndsWith(".safetensors", StringComparison.Ordinal) || f.EndsWith("store.json", StringComparison.Ordinal))
            .ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))));
}
