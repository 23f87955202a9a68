using UniM2Rec.Catalogue;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Catalogue;

public sealed class DatasetWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        Item[] items =
        [
            new() { Domain = "home", ItemId = "1", Title = "A \"b\", c", Category = "x\ny", Brand = " spaced ", Description = "é", Image = "1.jpg" },
            new() { Domain = "office", ItemId = "2" },
            new() { Domain = "home", ItemId = "3,4" },
        ];
        var events = new[]
        {
            new Interaction("u", "1", 1 / 3.0, 4.5f, SplitPart.Train),
            new Interaction("v", "3,4", 1e15, float.NaN, SplitPart.Unspecified),
        };
        using (var writer = DatasetWriter.Create(folder["d"], "shop", ["home", "office"], "images", ratings: true, splits: true))
        {
            foreach (var item in items)
                writer.WriteItem(item);
            foreach (var interaction in events)
                writer.WriteInteraction("home", interaction);
            writer.Complete();
        }
        var dataset = Dataset.Open(folder["d"]);
        using var rejects = new RejectLog(null);
        Assert.Equal([items[0], items[2]], dataset.ReadItems("home", rejects));
        Assert.Equal([items[1]], dataset.ReadItems("office", rejects));
        Assert.Equal(events, dataset.ReadInteractions("home", rejects));
        Assert.Empty(dataset.ReadInteractions("office", rejects));
        Assert.Equal(0, rejects.Rejected);
        Assert.Equal("user_id,item_id,timestamp,rating,split", File.ReadLines(folder["d/home/interactions.csv"]).First());
    }

    [Fact]
    public void Without_completion_nothing_appears()
    {
        using (var writer = DatasetWriter.Create(folder["d"], "shop", ["home"]))
            writer.WriteItem(new Item { Domain = "home", ItemId = "1" });
        Assert.Empty(Directory.EnumerateFiles(folder["d"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_domain_that_was_not_announced_is_refused()
    {
        using var writer = DatasetWriter.Create(folder["d"], "shop", ["home"]);
        Assert.Throws<ArgumentException>(() => writer.WriteItem(new Item { Domain = "garden", ItemId = "1" }));
    }
}
