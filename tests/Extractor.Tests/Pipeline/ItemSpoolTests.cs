using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Features;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

/// <summary>Items are read once: whatever becomes of items.csv meanwhile, a store has the features of what its fingerprint is of.</summary>
public sealed class ItemSpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_and_paths_come_back_in_the_order_of_rows_however_long_they_are()
    {
        string[] titles = [.. Enumerable.Range(0, 2000).Select(i => i % 7 == 0 ? "" : new string((char)('a' + (i % 26)), i == 777 ? 200_000 : i % 50) + " é 猫")];
        var dataset = Write(titles);
        using var scan = Scan(dataset);

        for (int pass = 0; pass < 2; pass++)
        {
            var reader = scan.Spool!.Read();
            for (int row = 0; row < titles.Length; row++)
            {
                Assert.True(reader.Next());
                Assert.Equal(titles[row], System.Text.Encoding.UTF8.GetString(reader.Text));
                Assert.Equal(row % 3 == 0 ? Path.Combine(_folder["shop"], "images", $"{row}.png") : null, reader.PicturePath(out string? problem));
                Assert.Null(problem);
            }

            Assert.False(reader.Next());
        }
    }

    [Fact]
    public void A_table_that_changes_while_it_is_extracted_changes_nothing_that_is_made_of_it()
    {
        string[] titles = [.. Enumerable.Range(0, 60).Select(i => $"copper kettle number {i}")];
        var settings = Marketplaces.Fast with { Text = $"{BuiltInEncoders.TextHash}, {BuiltInNames.FittedText}", Image = "", Cross = "" };
        Marketplaces.Run(Write(titles), _folder["whole"], settings);
        var dataset = Write(titles);
        string items = _folder["shop/tools/items.csv"];
        // The moment at which the first modality shows its first rows: the table has been read, the second modality has not begun.
        Marketplaces.Run(dataset, _folder["changed"], settings, progress: new AtFirstRows(() => File.WriteAllLines(items, File.ReadLines(items).Take(1).Concat(File.ReadLines(items).Skip(1).Reverse()).ToArray())));

        using var whole = FeatureStore.Open(_folder["whole"]);
        using var changed = FeatureStore.Open(_folder["changed"]);
        Assert.NotEqual(Dataset.Open(_folder["shop"]).ComputeFingerprint(), changed.DatasetFingerprint);
        Assert.Equal(whole.DatasetFingerprint, changed.DatasetFingerprint);
        foreach (string name in whole.ModalityNames)
        {
            var (a, b) = (new float[whole.Modality(name).Width], new float[whole.Modality(name).Width]);
            for (int row = 0; row < whole.ItemCount; row++)
            {
                whole.Modality(name).ReadRow(row, a);
                changed.Modality(name).ReadRow(row, b);
                Assert.Equal(whole.GetItemId(row), changed.GetItemId(row));
                Assert.Equal(a, b);
            }
        }
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\u200B\u200C\uFEFF")]
    [InlineData("\u00A0\u3000\t")]
    [InlineData("\u2800")]
    public void A_title_that_shows_nothing_is_none_and_lets_the_description_stand_in(string blank)
    {
        _folder.Write("shop/dataset.json", """{ "name": "shop", "domains": ["tools"] }""");
        _folder.Write("shop/tools/items.csv", $"item_id,title,category,description\na,\"{blank}\",\"{blank}\",A kettle\nb,\"{blank}\",,\"{blank}\"\n");
        _folder.Write("shop/tools/interactions.csv", "user_id,item_id,timestamp\n");
        using var scan = Scan(Dataset.Open(_folder["shop"]));
        var reader = scan.Spool!.Read();

        Assert.Equal(1, scan.WithText);
        Assert.True(reader.Next());
        Assert.Equal("A kettle", System.Text.Encoding.UTF8.GetString(reader.Text));
        Assert.True(reader.Next());
        Assert.True(reader.Text.IsEmpty);
    }

    private static CatalogueScan Scan(Dataset dataset)
    {
        using var rejects = new RejectLog(csvPath: null);
        return CatalogueScan.Of(dataset, new ItemText(new ExtractionSettings().TextFields), rejects, spool: true, CancellationToken.None);
    }

    private Dataset Write(string[] titles)
    {
        using (var writer = DatasetWriter.Create(_folder["shop"], "shop", ["tools"], images: "images"))
        {
            for (int i = 0; i < titles.Length; i++)
                writer.WriteItem(new Item { Domain = "tools", ItemId = $"t{i}", Title = titles[i], Image = i % 3 == 0 ? $"{i}.png" : "" });
            writer.Complete();
        }

        return Dataset.Open(_folder["shop"]);
    }

    private sealed class AtFirstRows(Action act) : IProgressSink, IProgressTask
    {
        private bool _done;

        public IProgressTask Start(string title, long? total, string unit) => this;

        public void Advance(long by = 1)
        {
            if (_done)
                return;
            _done = true;
            act();
        }

        public void Describe(string text)
        {
        }

        public void SetTotal(long total)
        {
        }

        public void Dispose()
        {
        }
    }
}
