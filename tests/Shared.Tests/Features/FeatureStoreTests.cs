using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

public sealed class FeatureStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FeatureStoreTests() => SampleStore.Write(folder.Path, SampleStore.Items());

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Items_are_found_by_domain_and_id_and_named_by_row()
    {
        using var store = FeatureStore.Open(folder.Path);
        Assert.Equal(18, store.ItemCount);
        Assert.Equal([new DomainRange("film", 0, 11), new DomainRange("book", 11, 7)], store.Domains);
        Assert.Equal(("sample", "catalogue-1"), (store.DatasetName, store.DatasetFingerprint));
        for (int row = 0; row < 18; row++)
        {
            string id = row < 11 ? $"f{row}" : $"b{row - 11}";
            Assert.Equal(id, store.GetItemId(row));
            Assert.Equal(row, store.FindRow(row < 11 ? "film" : "book", id));
            Assert.Equal(-1, store.FindRow(row < 11 ? "book" : "film", id));
        }
        Assert.Equal(-1, store.FindRow("film", "f11"));
        Assert.Equal(-1, store.FindRow("music", "f1"));
        Assert.Equal(-1, store.FindRow("film", new string('x', 5000)));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.GetItemId(18));
    }

    [Fact]
    public void Every_row_of_every_modality_is_what_was_written()
    {
        using var store = FeatureStore.Open(folder.Path);
        Assert.Equal(["image", "text"], store.ModalityNames);
        SampleStore.AssertRows(store, SampleStore.Text);
        SampleStore.AssertRows(store, SampleStore.Image);
        var text = store.Modality("text");
        Assert.Equal((5, FeatureType.Float16, "words", 14), (text.Width, text.Type, text.EncoderName, text.PresentCount));
    }

    [Fact]
    public void A_vector_of_zeros_is_present_and_a_missing_one_is_not()
    {
        using var store = FeatureStore.Open(folder.Path);
        float[] vector = new float[5];
        store.Modality("text").ReadRow(0, vector);
        Assert.Equal(new float[5], vector);
        Assert.True(store.Modality("text").IsPresent(0));
        store.Modality("text").ReadRow(2, vector);
        Assert.Equal(new float[5], vector);
        Assert.False(store.Modality("text").IsPresent(2));
    }

    [Fact]
    public void Gather_and_ReadRange_agree_with_single_rows()
    {
        using var store = FeatureStore.Open(folder.Path);
        var image = store.Modality("image");
        int[] rows = [17, 0, 5, 5, 2, 11, 3];
        float[] gathered = new float[rows.Length * 3];
        Array.Fill(gathered, float.NaN);
        image.Gather(rows, gathered);
        float[] all = new float[18 * 3];
        image.ReadRange(0, 18, all);
        float[] vector = new float[3];
        for (int index = 0; index < rows.Length; index++)
        {
            image.ReadRow(rows[index], vector);
            Assert.Equal(vector, gathered.AsSpan(index * 3, 3).ToArray());
            Assert.Equal(vector, all.AsSpan(rows[index] * 3, 3).ToArray());
        }
        float[] middle = new float[6 * 3];
        image.ReadRange(3, 6, middle);
        Assert.Equal(all[9..27], middle);
    }

    [Fact]
    public void Large_reads_over_several_threads_give_the_same_numbers()
    {
        using var large = new TemporaryFolder();
        var builder = new ItemTableBuilder();
        builder.BeginDomain("d");
        for (int item = 0; item < 5003; item++)
            builder.Add($"{item}");
        var items = builder.Build("large", "x");
        var modality = new ModalitySpecification("text", 256, FeatureType.Float32, "e", "a");
        using (var writer = FeatureStoreWriter.Open(large.Path, items, new FeatureStoreOptions { ShardRows = 700 }))
            SampleStore.Fill(writer.StartModality(modality));
        using var store = FeatureStore.Open(large.Path);
        int[] rows = [.. Enumerable.Range(0, 5003).Select(index => index * 7919 % 5003)];
        float[] gathered = new float[5003 * 256], range = new float[5003 * 256];
        store.Modality("text").Gather(rows, gathered);
        store.Modality("text").ReadRange(0, 5003, range);
        for (int index = 0; index < 5003; index++)
        {
            int row = rows[index];
            float expected = SampleStore.IsPresent(modality, row) ? SampleStore.Value(modality, row, 9) : 0;
            Assert.Equal(expected, gathered[index * 256 + 9]);
            Assert.Equal(expected, range[row * 256 + 9]);
        }
    }

    [Fact]
    public void Reads_outside_the_store_are_refused()
    {
        using var store = FeatureStore.Open(folder.Path);
        var text = store.Modality("text");
        Assert.Throws<ArgumentOutOfRangeException>(() => text.IsPresent(18));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.ReadRow(-1, new float[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Gather([1, 18], new float[10]));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.ReadRange(15, 4, new float[20]));
        Assert.Throws<ArgumentException>(() => text.Gather([1], new float[4]));
    }

    [Fact]
    public void An_unknown_modality_is_refused_with_those_that_are_there()
    {
        using var store = FeatureStore.Open(folder.Path);
        Assert.DoesNotContain("imag", store.ModalityNames);
        string message = Assert.Throws<UserErrorException>(() => store.Modality("imag")).Message;
        Assert.Contains("no modality 'imag' (did you mean 'image'?); it has: image, text", message);
    }

    [Fact]
    public void A_store_without_items_is_complete()
    {
        using var empty = new TemporaryFolder();
        SampleStore.Write(empty.Path, SampleStore.Items(0, 0));
        using var store = FeatureStore.Open(empty.Path);
        Assert.Equal(0, store.ItemCount);
        Assert.Equal(0, store.Modality("text").PresentCount);
        Assert.Equal(-1, store.FindRow("film", "f0"));
    }
}
