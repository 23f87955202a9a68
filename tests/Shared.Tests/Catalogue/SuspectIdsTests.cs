using System.Text;
using UniM2Rec.Catalogue;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Catalogue;

public class SuspectIdsTests
{
    [Theory]
    [InlineData(50)]
    [InlineData(1_000_000)]
    public void Hashes_of_exactly_the_repeated_ids_are_found_however_few_fit_into_memory(int hashesAtOnce)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["shop"]);
        string[] ids = [.. Enumerable.Range(0, 1000).Select(row => $"i{row % 990}")];
        File.WriteAllText(folder["shop/items.csv"], "title,item_id\n" + string.Concat(ids.Select(id => $"t,{id}\n")));

        ulong[] expected = [.. Enumerable.Range(0, 10).Select(row => IdHash.Append(IdHash.Start, Encoding.UTF8.GetBytes($"i{row}"))).Order()];
        Assert.Equal(expected, SuspectIds.Find(folder.Path, "shop", hashesAtOnce).Order());
    }

    [Fact]
    public void A_large_table_rejects_the_same_rows_as_a_small_one()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["shop"]);
        File.WriteAllText(folder["dataset.json"], """{"name": "large", "domains": ["shop"]}""");
        using (var writer = new StreamWriter(folder["shop/items.csv"]))
        {
            writer.Write("item_id,title\n");
            string title = new('x', 4000);
            for (int row = 0; row < 4400; row++)
                writer.Write($"i{(row % 1000 == 999 ? 7 : row)},{title}\n");
        }
        Assert.True(new FileInfo(folder["shop/items.csv"]).Length > SuspectIds.LargeTable);

        var dataset = Dataset.Open(folder.Path);
        for (int pass = 0; pass < 2; pass++)
        {
            using var rejects = new RejectLog(csvPath: null);
            Assert.Equal(Enumerable.Range(0, 4400).Where(row => row % 1000 != 999).Select(row => $"i{row}"), dataset.ReadItems("shop", rejects).Select(item => item.ItemId));
            Assert.Equal(4, rejects.Rejected);
        }
    }
}
