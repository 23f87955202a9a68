using System.Runtime.InteropServices;
using System.Text;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Features;
using UniM2Rec.Tests.Importing;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.FeatureImport;

public class ExternalFeaturesTests
{
    private const int Items = 6;
    private const int Width = 3;

    [Fact]
    public void Published_features_keep_their_rows_and_zero_rows_are_missing()
    {
        using var folder = new TemporaryFolder();
        float[] matrix = Matrix();
        matrix.AsSpan(2 * Width, Width).Clear();
        var (published, domain) = Published(folder, matrix);

        PublishedFeatures.Write(folder["out"], [new(domain, [.. published.FeatureFiles()])], folder["store"], Context());

        using var store = FeatureStore.Open(folder["store"]);
        var features = store.Modality("text");
        float[] vector = new float[Width];
        for (int i = 0; i < Items; i++)
        {
            int row = store.FindRow("shop", $"item{i}");
            Assert.Equal(i != 2, features.IsPresent(row));
            if (i == 2)
                continue;
            features.ReadRow(row, vector);
            Assert.Equal(matrix[(i * Width)..((i + 1) * Width)], vector);
        }
    }

    [Fact]
    public void A_feature_file_of_another_item_list_is_refused()
    {
        using var folder = new TemporaryFolder();
        var (published, domain) = Published(folder, Matrix()[..^1]);

        var error = Assert.Throws<UserErrorException>(() => PublishedFeatures.Write(folder["out"], [new(domain, [.. published.FeatureFiles()])], folder["store"], Context()));

        Assert.Contains("68 bytes", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["store"]));
    }

    [Theory]
    [InlineData("<f4", 4)]
    [InlineData("<f8", 8)]
    [InlineData("<f2", 2)]
    public void Numpy_files_are_read_row_by_row(string type, int size)
    {
        using var folder = new TemporaryFolder();
        float[] matrix = Matrix();
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({Items}, {Width}), }}";
        header = header.PadRight(128 - 10 - 1) + "\n";
        byte[] payload = size switch
        {
            4 => MemoryMarshal.AsBytes<float>(matrix).ToArray(),
            8 => MemoryMarshal.AsBytes<double>(matrix.Select(v => (double)v).ToArray()).ToArray(),
            _ => MemoryMarshal.AsBytes<Half>(matrix.Select(v => (Half)v).ToArray()).ToArray(),
        };
        File.WriteAllBytes(folder["m.npy"], [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length & 255), (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. payload]);

        using var opened = NpyMatrix.Open(folder["m.npy"]);

        Assert.Equal((Items, Width), (opened.Rows, opened.Width));
        float[] row = new float[Width];
        opened.ReadRow(4, row);
        Assert.Equal(matrix[(4 * Width)..(5 * Width)], row);
        File.WriteAllBytes(folder["m.npy"], File.ReadAllBytes(folder["m.npy"])[..^1]);
        Assert.Throws<UserErrorException>(() => NpyMatrix.Open(folder["m.npy"]));
    }

    [Fact]
    public void Row_ids_put_each_row_at_its_item_and_errors_name_the_line()
    {
        using var folder = new TemporaryFolder();
        var (_, _) = Published(folder, Matrix());
        var lookup = new ItemLookup(Dataset.Open(folder["out"]));

        var sources = RowIds.Read(folder.Write("ids", "item5\nshop\titem0\n"), 2, lookup, null, ignoreUnknown: false);

        Assert.Equal([new(0, 1), RowSource.None, RowSource.None, RowSource.None, RowSource.None, new(0, 0)], sources);
        Assert.Contains("line 2", Refused("item5\nitem5\n", 2), StringComparison.Ordinal);
        Assert.Contains("no item 'item9'", Refused("item9\nitem5\n", 2), StringComparison.Ordinal);
        Assert.Contains("2 lines", Refused("item1\nitem5\n", 3), StringComparison.Ordinal);

        string Refused(string ids, int rows) => Assert.Throws<UserErrorException>(() => RowIds.Read(folder.Write("ids", ids), rows, lookup, null, ignoreUnknown: false)).Message;
    }

    private static ImportContext Context() => new(new RejectLog(csvPath: null), Progress.None, CancellationToken.None);

    private static float[] Matrix() => [.. Enumerable.Range(0, Items * Width).Select(i => i + 0.5f)];

    private static (ProcessedFolder Folder, ImportedDomain Domain) Published(TemporaryFolder folder, float[] matrix)
    {
        PublishedForm.Write(folder, [[0, 1, 2, 3], [5, 4, 3]], Items, cap: 50);
        File.WriteAllBytes(folder["Shop.feat1CLS"], MemoryMarshal.AsBytes<float>(matrix));
        var published = ProcessedFolder.Open(folder.Path);
        var domain = UniSRecImporter.Read(published, "shop");
        CatalogueExport.Write(folder["out"], "Shop", [domain], null, CancellationToken.None);
        return (published, domain);
    }
}
