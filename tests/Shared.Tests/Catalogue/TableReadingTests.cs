using System.Text;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Catalogue;

public sealed class TableReadingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TableReadingTests() => folder.Write("dataset.json", """{"name": "shop", "domains": ["home"], "images": "images"}""");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_come_in_any_order_and_unknown_ones_are_ignored()
    {
        var items = ReadItems("price,title,item_id,image\n3,\"A \"\"big\"\" lamp,\r\nred\",i1,a/b.jpg\n4,,i2,\n", out var rejects);
        Assert.Equal([
            new Item { Domain = "home", ItemId = "i1", Title = "A \"big\" lamp,\r\nred", Image = "a/b.jpg" },
            new Item { Domain = "home", ItemId = "i2" },
        ], items);
        Assert.Equal((2, 0), (rejects.Accepted, rejects.Rejected));
    }

    [Theory]
    [InlineData("item_id,title\n1,é\n2,b\n")]
    [InlineData("item_id,title\r\n1,é\r\n2,b\r\n")]
    [InlineData("\uFEFFitem_id,title\r\n1,é\r\n\r\n2,b")]
    [InlineData("\"item_id\",\" title \"\n\"1\",é\n2,\"b\"")]
    public void Line_ends_byte_order_mark_and_quotes_do_not_matter(string text) =>
        Assert.Equal([("1", "é"), ("2", "b")], ReadItems(text, out _).Select(item => (item.ItemId, item.Title)));

    [Fact]
    public void Only_item_id_is_required_and_its_absence_is_one_sentence()
    {
        Assert.Single(ReadItems("item_id\n1\n", out _));
        string message = Assert.Throws<UserErrorException>(() => ReadItems("itemid,title\n1,a\n", out _)).Message;
        Assert.Contains("items.csv' has no column item_id (did you mean 'itemid'?); its first row has: itemid, title", message);
    }

    [Theory]
    [InlineData("", "is empty; expected a first row")]
    [InlineData("item_id,title,title\n", "has the column title twice")]
    [InlineData("item_id,title\n1,\"never closed\n2,b\n3,c\n", "begins on line 2 opens a quote that is never closed")]
    public void A_table_that_cannot_be_read_is_refused(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => ReadItems(text, out _)).Message);

    [Fact]
    public void A_missing_table_is_refused() =>
        Assert.Contains("expected the table of domain 'home'", Assert.Throws<UserErrorException>(
            () => Dataset.Open(folder.Path).ReadItems("home", new RejectLog(null)).ToList()).Message);

    [Fact]
    public void Bad_rows_are_rejected_with_line_and_reason_and_counts_add_up()
    {
        byte[] text =
        [
            .. "item_id,title,image\n"u8,
            .. "1,good,\n"u8,                    // 2
            .. ",no id,\n"u8,                    // 3
            .. "1,twice,\n"u8,                   // 4
            .. "2,\"two\nlines\",\n"u8,          // 5 and 6
            .. "3,too,many,fields\n"u8,          // 7
            .. "4,few\n"u8,                      // 8
            .. "\n"u8,                           // 9, blank
            .. "5,bad "u8, 0xFF, .. ",\n"u8,     // 10
            .. "6,stray \"quote,\n"u8,           // 11
            .. "7,\"closed\"late,\n"u8,          // 12
            .. "8,out,../x.jpg\n"u8,             // 13
            .. "9,last,x.jpg"u8,                 // 14
        ];
        folder.Write("home/items.csv", text);
        using (var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1))
        {
            Assert.Equal(["1", "2", "9"], Dataset.Open(folder.Path).ReadItems("home", rejects).Select(item => item.ItemId));
            Assert.Equal((3, 8), (rejects.Accepted, rejects.Rejected));
        }
        string[] lines = File.ReadAllLines(folder["rejects.csv"]);
        string path = folder["home/items.csv"];
        Assert.Equal("file,line,reason", lines[0]);
        Assert.Equal(["3", "4", "7", "8", "10", "11", "12", "13"], lines[1..].Select(line => line[(path.Length + 1)..].Split(',')[0]));
        Assert.Equal($"{path},3,empty item_id", lines[1]);
        Assert.Equal($"{path},4,item_id '1' is in the table already", lines[2]);
        Assert.EndsWith("another number of fields than the 3 of the first row", lines[3]);
        Assert.Contains("bytes that are not UTF-8", lines[5]);
        Assert.EndsWith("picture '../x.jpg' is outside the pictures folder", lines[8]);
    }

    [Fact]
    public void Interactions_are_read_with_rating_and_split_where_they_are_given()
    {
        folder.Write("home/interactions.csv",
            "user_id,item_id,timestamp,rating,split\nu,i,12.5,4,train\nu,j,1e9,,valid\nv,i,-3,0.5,test\nv,k,0,,\n");
        using var rejects = new RejectLog(null);
        Assert.Equal([
            new Interaction("u", "i", 12.5, 4, SplitPart.Train),
            new Interaction("u", "j", 1e9, float.NaN, SplitPart.Validation),
            new Interaction("v", "i", -3, 0.5f, SplitPart.Test),
            new Interaction("v", "k", 0, float.NaN, SplitPart.Unspecified),
        ], Dataset.Open(folder.Path).ReadInteractions("home", rejects));
    }

    [Fact]
    public void Interactions_that_are_wrong_are_rejected()
    {
        folder.Write("home/interactions.csv",
            "user_id,item_id,timestamp,rating,split\n,i,1,,\nu,,1,,\nu,i,soon,,\nu,i,NaN,,\nu,i,1,good,\nu,i,1,,dev\nu,i,,,\nu,i,1,,\n");
        using var rejects = new RejectLog(null);
        Assert.Single(Dataset.Open(folder.Path).ReadInteractions("home", rejects));
        Assert.Equal((1, 7), (rejects.Accepted, rejects.Rejected));
    }

    [Theory]
    [InlineData("2024-05-31", 1717113600)]
    [InlineData("2024-05-31T12:30", 1717158600)]
    [InlineData("2024-05-31 12:30:15.25", 1717158615.25)]
    [InlineData("2024-05-31T12:30:15Z", 1717158615)]
    [InlineData("2024-05-31T14:30:15+02:00", 1717158615)]
    [InlineData("2024-05-31T05:30:15.000-0700", 1717158615)]
    [InlineData("1969-12-31T23:59:59Z", -1)]
    public void Dates_are_seconds_and_without_an_offset_of_UTC(string date, double seconds)
    {
        folder.Write("home/interactions.csv", $"user_id,item_id,timestamp\nu,i,{date}\n");
        using var rejects = new RejectLog(null);
        Assert.Equal(seconds, Assert.Single(Dataset.Open(folder.Path).ReadInteractions("home", rejects)).Timestamp);
    }

    [Fact]
    public void Numbers_among_dates_are_rejected_and_so_is_what_is_no_date()
    {
        folder.Write("home/interactions.csv", "user_id,item_id,timestamp\nu,i,2024-05-31\nu,i,1717113600\nu,i,31.05.2024\nu,i,2024-02-30\nu,i,2024-05-31T25:00\nu,j,2024-06-01\n");
        using var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1);
        Assert.Equal(["i", "j"], Dataset.Open(folder.Path).ReadInteractions("home", rejects).Select(e => e.ItemId));
        rejects.Dispose();
        string[] lines = File.ReadAllLines(folder["rejects.csv"]);
        Assert.EndsWith("timestamp '1717113600' is a number and those before it are dates", lines[1]);
        Assert.EndsWith("timestamp '31.05.2024' is neither a number nor a date such as 2024-05-31T12:00:00Z", lines[2]);
        Assert.Equal(5, lines.Length);
    }

    [Theory]
    // The quote of an inch opens a field that ends at the next one.
    [InlineData("item_id,title,brand\n1,\"5 inch,a\n2,blue,b\n3,wide,c\n4,6\",d\n5,red,e\n", "5", 4)]
    [InlineData("item_id,title,brand\n1,\"5 inch,a\n2,blue,b\n3,wide,c\n4,\"red\",d\n5,red,e\n", "5", 4)]
    [InlineData("item_id,title,category,brand\r\n1,\"5 inch,a,b\r\n2,6\",a,b\r\n3,red,a,b\r\n", "3", 2)]
    public void Rows_that_a_stray_quote_takes_in_are_rejected_each(string text, string left, int rejected)
    {
        Assert.Equal(left, string.Join(' ', ReadItems(text, out var rejects).Select(item => item.ItemId)));
        Assert.Equal((1, rejected), (rejects.Accepted, rejects.Rejected));
    }

    [Fact]
    public void An_event_that_a_stray_quote_takes_in_is_rejected_by_its_line()
    {
        folder.Write("home/interactions.csv", "user_id,item_id,timestamp\nu,\"a,1\nv,b\",2\nw,c,3\n");
        using var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1);
        Assert.Equal(["c"], Dataset.Open(folder.Path).ReadInteractions("home", rejects).Select(e => e.ItemId));
        rejects.Dispose();
        Assert.Equal(["2", "3"], File.ReadAllLines(folder["rejects.csv"]).Skip(1).Select(line => line[(folder["home/interactions.csv"].Length + 1)..].Split(',')[0]));
    }

    [Theory]
    [InlineData("a, b and c\nd, e\nplain text\nits end")]
    [InlineData("soft,warm\nwashable\nmade of wool\nand silk")]
    [InlineData("one\n\n\ntwo")]
    public void A_text_of_several_lines_is_a_text(string description)
    {
        var items = ReadItems($"item_id,description\n1,\"{description}\"\n2,x\n", out var rejects);
        Assert.Equal([description, "x"], items.Select(item => item.Description));
        Assert.Equal((2, 0), (rejects.Accepted, rejects.Rejected));
    }

    [Fact]
    public void UTF16_is_read_by_its_byte_order_mark_and_refused_without_one()
    {
        const string text = "item_id,title\n1,é\n";
        folder.Write("home/items.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]);
        using var rejects = new RejectLog(null);
        Assert.Equal("é", Assert.Single(Dataset.Open(folder.Path).ReadItems("home", rejects)).Title);
        folder.Write("home/items.csv", Encoding.Unicode.GetBytes(text));
        Assert.Contains("expected UTF-8: convert", Assert.Throws<UserErrorException>(() => Dataset.Open(folder.Path).ReadItems("home", rejects).ToList()).Message);
    }

    [Fact]
    public void A_row_that_the_reader_of_the_rows_rejects_changes_sides()
    {
        folder.Write("home/interactions.csv", "user_id,item_id,timestamp\nu,known,1\nu,unknown,2\nu,known,3\n");
        using (var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1))
        {
            foreach (var interaction in Dataset.Open(folder.Path).ReadInteractions("home", rejects))
            {
                if (interaction.ItemId == "unknown")
                    rejects.RejectCurrent("unknown item 'unknown'");
            }
            Assert.Equal((2, 1), (rejects.Accepted, rejects.Rejected));
        }
        Assert.EndsWith(",3,unknown item 'unknown'", File.ReadAllLines(folder["rejects.csv"])[1]);
    }

    [Fact]
    public void More_rejected_rows_than_allowed_end_the_run()
    {
        using var rejects = new RejectLog(folder["rejects.csv"], maxRate: 0.01);
        for (int row = 0; row < 99; row++)
            rejects.Accept();
        rejects.Add("items.csv", 7, "empty item_id");
        rejects.ThrowIfTooMany();
        rejects.Add("items.csv", 8, "empty item_id");
        string message = Assert.Throws<UserErrorException>(rejects.ThrowIfTooMany).Message;
        Assert.Contains("2 of 101 rows were rejected, which is more than 1% (first: items.csv line 7: empty item_id)", message);
        Assert.Contains("--max-reject-rate", message);
    }

    [Fact]
    public void Rejects_of_an_earlier_run_are_deleted()
    {
        folder.Write("rejects.csv", "old");
        using var rejects = new RejectLog(folder["rejects.csv"]);
        Assert.False(File.Exists(folder["rejects.csv"]));
    }

    [Fact]
    public void Where_there_is_no_folder_yet_there_are_no_earlier_rejects()
    {
        using (var rejects = new RejectLog(folder["new/rejects.csv"], maxRate: 1))
            rejects.Add("items.csv", 2, "empty item_id");
        Assert.Equal(2, File.ReadAllLines(folder["new/rejects.csv"]).Length);
    }

    [Fact]
    public void Many_ids_are_told_apart()
    {
        var text = new StringBuilder("item_id\n");
        for (int item = 0; item < 20_000; item++)
            text.Append("id-").Append(item % 15_000).Append('\n');
        Assert.Equal(15_000, ReadItems(text.ToString(), out var rejects).Count);
        Assert.Equal((15_000, 5_000), (rejects.Accepted, rejects.Rejected));
    }

    private List<Item> ReadItems(string text, out RejectLog rejects)
    {
        folder.Write("home/items.csv", text);
        rejects = new RejectLog(null, maxRate: 1);
        return [.. Dataset.Open(folder.Path).ReadItems("home", rejects)];
    }
}
