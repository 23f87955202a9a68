using System.IO.Compression;
using System.Text;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

[Collection("console")]
public class AmazonImporterTests
{
    private const string Old = """{"reviewerID":"u1","asin":"A","overall":5.0,"unixReviewTime":200}""" + "\n" + """{"reviewerID":"u1","asin":"B","overall":2.0,"unixReviewTime":100}""" + "\n";

    [Fact]
    public void Reviews_of_2014_come_with_metadata_in_Python_form()
    {
        using var folder = new TemporaryFolder();
        var domain = Read(folder, Old,
            "{'asin': 'A', 'title': \"Men's \\\"Best\\\" shoe\", 'brand': 'L\\'Or\\xe9al', 'categories': [['Shoes', 'Men'], ['Shoes', 'Sale']], 'price': 9.5, 'related': None, 'ok': True}\n"
            + "{'asin': 'C', 'title': 'never reviewed'}\n");

        var item = Assert.Single(domain.Items);
        Assert.Equal("Men's \"Best\" shoe. Shoes Men Sale. L'Oréal", item.Text);
        Assert.Equal([("u1", "A", 200.0, 5f), ("u1", "B", 100.0, 2f)], Rows(domain));
    }

    [Fact]
    public void Metadata_of_2018_is_cleaned_of_HTML_and_page_scripts()
    {
        using var folder = new TemporaryFolder();
        var domain = Read(folder, Old,
            """{"asin":"A","title":"Salt &amp; <b>Pepper</b>\n mill","brand":"Peu&#39;geot","category":["Kitchen &amp; Dining","Mills"],"description":["<p>Grinds.</p>","Well."]}""" + "\n"
            + """{"asin":"B","title":"var aPageStart = (new Date()).getTime();","category":[],"brand":""}""" + "\n"
            + """{"asin":"A","title":"a repeated line"}""" + "\n");

        Assert.Equal(["Salt & Pepper mill. Kitchen & Dining Mills. Peu'geot", ""], domain.Items.Select(i => i.Text));
        Assert.Equal("Grinds. Well.", domain.Items[0].Description);
    }

    [Fact]
    public void Reviews_of_2023_are_keyed_by_the_parent_and_timed_in_milliseconds()
    {
        using var folder = new TemporaryFolder();
        var domain = Read(folder,
            """{"rating":4.0,"user_id":"u","asin":"child","parent_asin":"P","timestamp":1588687728923}""" + "\n",
            """{"parent_asin":"P","title":"Lamp","categories":["Home","Light"],"store":"Shop","details":{"Brand":"Lux"},"description":["Bright"]}""" + "\n");

        Assert.Equal([("u", "P", 1588687728.923, 4f)], Rows(domain));
        Assert.Equal("Lamp. Home Light. Lux", domain.Items[0].Text);
    }

    [Fact]
    public void What_the_release_of_2023_says_in_other_fields_is_read()
    {
        using var folder = new TemporaryFolder();
        var domain = Read(folder, Review("A") + Review("B") + Review("C"),
            """{"parent_asin":"A","title":null,"main_category":"Garden","features":["Of <b>steel</b>","Two metres"],"description":["Long."],"categories":["Tools","Garden"],"details":"{\"Manufacturer\": \"Pike\"}","store":"Yard"}""" + "\n"
            + """{"parent_asin":"B","title":"","features":["A rake"],"description":[],"categories":[],"details":{"Color":"red"},"store":"Yard","price":NaN,"main_category":null}""" + "\n"
            + """{"parent_asin":"C","title":"Spade","details":"no object","store":null}""" + "\n");

        Assert.Equal(["Garden Tools. Pike", "Yard", "Spade"], domain.Items.Select(i => i.Text));
        Assert.Equal(["Of steel Two metres Long.", "A rake", ""], domain.Items.Select(i => i.Description));

        static string Review(string item) => $$"""{"rating":null,"user_id":"u","parent_asin":"{{item}}","timestamp":1600000000500}""" + "\n";
    }

    [Fact]
    public void Ids_that_are_numbers_are_ids()
    {
        using var folder = new TemporaryFolder();
        var domain = Read(folder,
            """{"user_id":7,"parent_asin":9780000001,"rating":5,"timestamp":1}""" + "\n" + """{"user_id":"7","parent_asin":"9780000001","rating":5,"timestamp":2}""" + "\n" + """{"user_id":7.0,"parent_asin":9780000001.0,"rating":5,"timestamp":3}""" + "\n",
            """{"parent_asin":9780000001,"title":1984}""" + "\n");

        Assert.Equal([("7", "9780000001", 1.0, 5f), ("7", "9780000001", 2.0, 5f), ("7", "9780000001", 3.0, 5f)], Rows(domain));
        Assert.Equal("1984", Assert.Single(domain.Items).Title);
    }

    [Theory]
    [InlineData("user_id,parent_asin,rating,timestamp\nu,A,4.0,1600000000500\nv,B,,1600000001000\n")]
    [InlineData("item,user,timestamp,rating,more\n\"A\",u,1600000000.5,4,x\nB,v,1600000001,,\n")]
    [InlineData("u,A,4.0,1600000000.5\nv,B,,1600000001\n")]
    [InlineData("A,u,4.0,1600000000.5\nB,v,,1600000001\n")]
    public void Ratings_alone_are_read_with_or_without_a_header_whichever_comes_first(string ratings)
    {
        using var folder = new TemporaryFolder();
        var domain = Read(folder, ratings, """{"asin":"A","title":"a"}""" + "\n" + """{"asin":"B","title":"b"}""" + "\n");

        Assert.Equal([("u", "A", 1600000000.5, 4f), ("v", "B", 1600000001.0, float.NaN)], Rows(domain));
        Assert.Equal(["A", "B"], domain.Items.Select(i => i.ItemId));
    }

    [Theory]
    [InlineData("user_id,parent_asin,rating,timestamp\n")]
    [InlineData("")]
    public void Rows_that_a_stray_quote_takes_in_are_rejected_by_line(string header)
    {
        using var folder = new TemporaryFolder();
        using (var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1))
        {
            var domain = Read(folder, header + "u,A,4,1600000000\nu,\"A,4,1600000001\nv,A,4,1600000002\nv,A\",4,1600000003\nw,A,4,1600000004\n", """{"asin":"A","title":"a"}""" + "\n", rejects);
            Assert.Equal([("u", "A", 1600000000.0, 4f), ("w", "A", 1600000004.0, 4f)], Rows(domain));
            Assert.Equal((3, 3), (rejects.Accepted, rejects.Rejected));
        }

        int first = header.Length > 0 ? 3 : 2;
        Assert.Equal([first, first + 1, first + 2], File.ReadAllLines(folder["rejects.csv"]).Skip(1).Select(line => int.Parse(line.Split(',')[1])));
    }

    [Fact]
    public void A_table_of_other_columns_is_refused_by_its_header()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("'when,who,what,how,why'", Assert.Throws<UserErrorException>(() => Read(folder, "when,who,what,how,why\n1,2,3,4,5\n", "{}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_rejected_and_a_true_replacement_character_is_not()
    {
        using var folder = new TemporaryFolder();
        using var rejects = new RejectLog(csvPath: null, maxRate: 1);
        File.WriteAllBytes(folder["meta.json"], [.. """{"asin":"A","title":"caf"""u8, 0xE9, .. "\"}\n"u8, .. """{"asin":"B","title":"caf\uFFFD"}"""u8, .. "\n"u8]);
        var domain = AmazonImporter.Read(new AmazonFiles("shop", folder.Write("reviews.json", Old), folder["meta.json"]), 0, null, new ImportContext(rejects, Progress.None, CancellationToken.None));

        Assert.Equal("caf\uFFFD", Assert.Single(domain.Items).Title);
        Assert.Equal(1, rejects.Rejected);
    }

    [Fact]
    public void Events_are_a_set_and_items_without_text_stay()
    {
        using var folder = new TemporaryFolder();
        const string repeated = """{"reviewerID":"u","asin":"A","overall":5,"unixReviewTime":7}""" + "\n";
        const string later = """{"reviewerID":"u","asin":"A","overall":5,"unixReviewTime":8}""" + "\n" + """{"reviewerID":"u","asin":"A","overall":4,"unixReviewTime":7}""" + "\n";
        var read = Read(folder, repeated + later + repeated, """{"asin":"A"}""" + "\n");

        var domain = new StandardFilter { KeepItemsWithoutText = true, IsSet = true }.Apply(read);

        Assert.Equal([("u", "A", 7.0, 5f), ("u", "A", 7.0, 4f), ("u", "A", 8.0, 5f)], Rows(domain));
        Assert.Single(domain.Items);
    }

    [Fact]
    public async Task The_core_is_taken_of_the_set()
    {
        using var folder = new TemporaryFolder();
        folder.Write("reviews.json", string.Concat(Enumerable.Repeat("""{"reviewerID":"u","asin":"A","overall":5,"unixReviewTime":7}""" + "\n", 9)));
        folder.Write("meta.json", """{"asin":"A","title":"a"}""" + "\n");

        var (code, _, errors) = await ProgramRun.Of("import", "amazon", "--reviews", folder["reviews.json"], "--metadata", folder["meta.json"], "--domain", "shop", "--out", folder["out"]);

        Assert.Equal(1, code);
        Assert.Contains("none of the 9 events of domain 'shop' is left after filtering; 1 are of users or items with fewer than 5: lower --k-core", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_lines_are_rejected_with_line_and_reason()
    {
        using var folder = new TemporaryFolder();
        using (var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1))
            Read(folder, Old + "no json\n" + """{"reviewerID":"u","overall":1,"unixReviewTime":1}""" + "\n" + """{"reviewerID":"u","asin":"A","overall":"x","unixReviewTime":1}""" + "\n" + """{"reviewerID":"u","asin":"A","overall":1}""" + "\n", "{'asin': 'A', 'title': 'cut", rejects);

        string[][] reasons = File.ReadAllLines(folder["rejects.csv"]).Skip(1).Select(line => line.Split(',', 3)).ToArray();
        Assert.Equal(["3", "4", "5", "6", "1"], reasons.Select(r => r[1]));
        Assert.Contains("is no JSON object", reasons[0][2], StringComparison.Ordinal);
        Assert.Contains("asin", reasons[1][2], StringComparison.Ordinal);
        Assert.Contains("rating", reasons[2][2], StringComparison.Ordinal);
        Assert.Contains("unixReviewTime", reasons[3][2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_drops_items_without_metadata_takes_the_core_and_finds_pictures()
    {
        using var folder = new TemporaryFolder();
        var reviews = new StringBuilder();
        foreach (var (user, item) in new[] { ("a", "X"), ("a", "Y"), ("b", "Y"), ("b", "X"), ("c", "X"), ("c", "gone"), ("a", "gone") })
            reviews.Append($$"""{"reviewerID":"{{user}}","asin":"{{item}}","overall":5,"unixReviewTime":{{1000 - reviews.Length}}}""").Append('\n');
        WriteCompressed(folder["reviews.json.gz"], reviews.ToString());
        WriteCompressed(folder["meta.json.gz"], """{"asin":"Y","title":"why"}""" + "\n" + """{"asin":"X","title":"ex"}""" + "\n");
        folder.Write("pictures/X.png", "");

        var (code, _, errors) = await ProgramRun.Of(
            "import", "amazon", "--reviews", folder["reviews.json.gz"], "--metadata", folder["meta.json.gz"], "--domain", "shop", "--out", folder["out"], "--k-core", "2", "--images", folder["pictures"]);

        Assert.True(code == 0, errors);
        var dataset = Dataset.Open(folder["out"]);
        using var silent = new RejectLog(csvPath: null);
        var items = dataset.ReadItems("shop", silent).ToArray();
        Assert.Equal([("X", "ex", "X.png"), ("Y", "why", "")], items.Select(i => (i.ItemId, i.Text, i.Image)));
        Assert.Equal(folder["pictures/X.png"], dataset.ResolveImage(items[0]));
        Assert.Equal(["a/Y", "a/X", "b/X", "b/Y"], dataset.ReadInteractions("shop", silent).Select(e => $"{e.UserId}/{e.ItemId}"));
    }

    private static ImportedDomain Read(TemporaryFolder folder, string reviews, string metadata, RejectLog? rejects = null)
    {
        using var strict = new RejectLog(csvPath: null, maxRate: 0);
        return AmazonImporter.Read(new AmazonFiles("shop", folder.Write("reviews.json", reviews), folder.Write("meta.json", metadata)), 0, null, new ImportContext(rejects ?? strict, Progress.None, CancellationToken.None));
    }

    private static IEnumerable<(string, string, double, float)> Rows(ImportedDomain domain) =>
        domain.Interactions.Rows.Select(r => (domain.Interactions.Users[r.User], domain.Interactions.Items[r.Item], r.Timestamp, r.Rating));

    private static void WriteCompressed(string path, string text)
    {
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
    }
}
