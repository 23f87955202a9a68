using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

public class UniSRecImporterTests
{
    private const int Items = 40;

    [Fact]
    public void Sequences_longer_than_the_published_histories_are_rebuilt_with_their_split()
    {
        using var folder = new TemporaryFolder();
        int[][] sequences = Sequences(seed: 1, users: 30, longest: 25);
        PublishedForm.Write(folder, sequences, Items, cap: 6);

        var domain = UniSRecImporter.Read(ProcessedFolder.Open(folder.Path), "shop");

        Assert.Equal(Enumerable.Range(0, Items).Select(i => $"item{i}"), domain.Items.Select(i => i.ItemId));
        Assert.Equal("A \"7\"-inch, blue tile. Tiles.", domain.Items[7].Title);
        var byUser = domain.Interactions.Rows.GroupBy(r => r.User).ToDictionary(g => domain.Interactions.Users[g.Key], g => g.OrderBy(r => r.Timestamp).ToArray());
        for (int user = 0; user < sequences.Length; user++)
        {
            var rows = byUser[$"user{user}"];
            Assert.Equal(sequences[user].Select(i => $"item{i}"), rows.Select(r => domain.Interactions.Items[r.Item]));
            Assert.Equal(Enumerable.Range(0, rows.Length).Select(p => (double)p), rows.Select(r => r.Timestamp));
            Assert.Equal(SplitPart.Test, rows[^1].Split);
            Assert.Equal(SplitPart.Validation, rows[^2].Split);
            Assert.All(rows[..^2], r => Assert.Equal(SplitPart.Train, r.Split));
        }
    }

    [Fact]
    public void The_catalogue_that_is_written_reads_back_the_same()
    {
        using var folder = new TemporaryFolder();
        PublishedForm.Write(folder, Sequences(seed: 2, users: 5, longest: 8), Items, cap: 50);
        var domain = UniSRecImporter.Read(ProcessedFolder.Open(folder.Path), "shop");

        CatalogueExport.Write(folder["out"], "Shop", [domain], null, CancellationToken.None);

        using var rejects = new RejectLog(csvPath: null, maxRate: 0);
        var dataset = Dataset.Open(folder["out"]);
        Assert.Equal(domain.Items, dataset.ReadItems("shop", rejects));
        Assert.Equal(
            domain.Interactions.Rows.Select(r => (domain.Interactions.Users[r.User], domain.Interactions.Items[r.Item], r.Timestamp, r.Split)),
            dataset.ReadInteractions("shop", rejects).Select(i => (i.UserId, i.ItemId, i.Timestamp, i.Split)));
        rejects.ThrowIfTooMany();
    }

    [Theory]
    [InlineData("Shop.valid.inter", "4 9 2\t11", "4 9 3\t11")]
    [InlineData("Shop.test.inter", "4 9 2 11\t5", "4 8 2 11\t5")]
    [InlineData("Shop.train.inter", "4 9\t2", "9 4\t2")]
    public void A_row_that_contradicts_the_others_is_refused_by_file_and_user(string file, string published, string damaged)
    {
        using var folder = new TemporaryFolder();
        PublishedForm.Write(folder, [[4, 9, 2, 11, 5]], Items, cap: 50);
        File.WriteAllText(folder[file], File.ReadAllText(folder[file]).Replace(published, damaged, StringComparison.Ordinal));

        var error = Assert.Throws<UserErrorException>(() => UniSRecImporter.Read(ProcessedFolder.Open(folder.Path), "shop"));

        Assert.Contains("user 'user0'", error.Message, StringComparison.Ordinal);
        Assert.Contains(".inter, line", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        PublishedForm.Write(folder, [[1, 2, 3]], Items, cap: 50);
        File.Delete(folder["Shop.valid.inter"]);

        Assert.Contains("Shop.valid.inter", Assert.Throws<UserErrorException>(() => ProcessedFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_outside_the_item_list_is_refused()
    {
        using var folder = new TemporaryFolder();
        PublishedForm.Write(folder, [[1, 2, Items + 3]], Items, cap: 50);

        Assert.Contains("line 2 names item '43'", Assert.Throws<UserErrorException>(() => UniSRecImporter.Read(ProcessedFolder.Open(folder.Path), "shop")).Message, StringComparison.Ordinal);
    }

    private static int[][] Sequences(int seed, int users, int longest)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, users).Select(_ => Enumerable.Range(0, random.Next(3, longest)).Select(_ => random.Next(Items)).ToArray())];
    }
}
