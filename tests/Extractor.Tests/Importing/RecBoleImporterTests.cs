using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

public class RecBoleImporterTests
{
    private const string Items = "item_id:token\tmovie_title:token_seq\tclass:token_seq\n1\tHeat, The\tCrime\n2\tBabe\tDrama\n3\t\t\n";

    [Fact]
    public void Typed_columns_are_found_by_name_in_any_order()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "timestamp:float\trating:float\titem_id:token\tuser_id:token\n20\t4\t1\tu\n10\t2\t2\tu\n");
        folder.Write("ml.item", Items);
        using var rejects = new RejectLog(csvPath: null);

        var domain = RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 0, rejects);
        domain.Interactions.SortByUserAndTime();

        Assert.Equal("ml", domain.Name);
        Assert.Equal("Heat, The. Crime", domain.Items[0].Text);
        Assert.Equal([("2", 10.0, 2f), ("1", 20.0, 4f)], domain.Interactions.Rows.Select(r => (domain.Interactions.Items[r.Item], r.Timestamp, r.Rating)));
        Assert.Equal(5, rejects.Accepted);
    }

    [Fact]
    public void Bad_rows_are_rejected_with_line_and_reason_and_low_ratings_left_out()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\nu\t1\t5\tnoon\nu\t\t5\t1\nu\t1\t1\t2\nu\t2\t4\t3\n");
        folder.Write("ml.item", Items);
        using var rejects = new RejectLog(folder["rejects.csv"], maxRate: 0.9);

        var domain = RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 3, rejects);

        Assert.Single(domain.Interactions.Rows);
        Assert.Equal(2, rejects.Rejected);
        rejects.Dispose();
        string[] listed = File.ReadAllLines(folder["rejects.csv"]);
        Assert.EndsWith(",2,'noon' is no time", listed[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_standard_filter_drops_items_without_text_before_counting()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "user_id:token\titem_id:token\na\t1\na\t3\nb\t1\nb\t2\nc\t2\nc\t1\n");
        folder.Write("ml.item", Items);
        using var rejects = new RejectLog(csvPath: null);

        var domain = new StandardFilter { KCore = 2 }.Apply(RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 0, rejects));

        Assert.Equal(["1", "2"], domain.Items.Select(i => i.ItemId));
        Assert.Equal(["b/1", "b/2", "c/2", "c/1"], domain.Interactions.Rows.Select(r => $"{domain.Interactions.Users[r.User]}/{domain.Interactions.Items[r.Item]}"));
    }

    [Fact]
    public void A_header_without_types_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "user_id\titem_id\nu\t1\n");
        using var rejects = new RejectLog(csvPath: null);

        Assert.Contains("has no type", Assert.Throws<UserErrorException>(() => RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 0, rejects)).Message, StringComparison.Ordinal);
    }
}
