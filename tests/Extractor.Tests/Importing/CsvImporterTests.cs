using System.IO.Compression;
using System.Text;
using UniM2Rec.Catalogue;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

[Collection("console")]
public sealed class CsvImporterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(",", "user_id,item_id,timestamp,rating", "2024-01-02T03:04:05Z", "4.5")]
    [InlineData(";", "UserID;Product_ID;Date;Score", "2024-01-02 04:04:05+01:00", "4,5")]
    [InlineData("\t", "customer\tsku\tts\tstars", "1704164645", "4.5")]
    public async Task Usual_columns_are_found_whatever_lies_between(string separator, string header, string time, string rating)
    {
        _folder.Write("events.csv", $"{header}\nu{separator}a{separator}{time}{separator}{rating}\nu{separator}b{separator}{time}{separator}\n");
        _folder.Write("goods.csv", string.Join(separator, "Item_ID", "Name", "Genre", "Extra") + "\n" + string.Join(separator, "a", "Tea <3", "Drinks", "x") + "\n" + string.Join(separator, "b", "Cup", "", "") + "\n" + string.Join(separator, "c", "Never bought", "", "") + "\n");

        await Import("--interactions", _folder["events.csv"], "--items", _folder["goods.csv"], "--domain", "shop");

        Assert.Equal([("u", "a", 1704164645.0, 4.5f), ("u", "b", 1704164645.0, float.NaN)], Events("shop").Select(e => (e.UserId, e.ItemId, e.Timestamp, e.Rating)));
        Assert.Equal([("a", "Tea <3. Drinks"), ("b", "Cup"), ("c", "Never bought")], ItemsOf("shop").Select(i => (i.ItemId, i.Text)));
    }

    [Fact]
    public async Task Other_columns_are_named_by_options_and_the_refusal_lists_those_that_are_there()
    {
        _folder.Write("plays.csv", "who,what heard,at\nu,a,5\nu,b,3\n");
        _folder.Write("songs.csv", "what heard,Song,About,file\na,One,<p>loud</p>&amp; long,x/1.png\nb,Two,,\n");
        _folder.Write("covers/b.png", "");
        string[] import = ["--interactions", _folder["plays.csv"], "--items", _folder["songs.csv"], "--item", "What Heard", "--images", _folder["covers"]];

        Assert.Contains("has no column for --user of a usual name (user_id, user, userid, ...); its first row has: who, what heard, at: name one of these by --user", await Refused(import), StringComparison.Ordinal);
        Assert.Contains("has no column 'when'; its first row has: who, what heard, at: name one of these by --time, or give --file-order", await Refused([.. import, "--user", "who", "--time", "when"]), StringComparison.Ordinal);
        await Import([.. import, "--user", "who", "--time", "at", "--title", "Song", "--description", "About", "--html", "--image", "file"]);

        Assert.Equal(["b", "a"], Events("plays").Select(e => e.ItemId));
        Assert.Equal([("One", "loud & long", "x/1.png"), ("Two", "", "")], ItemsOf("plays").Select(i => (i.Title, i.Description, i.Image)));
        Assert.Equal(Path.GetFullPath(_folder["covers"]), Dataset.Open(_folder["out"]).ImagesFolder);
        Assert.Contains("have no text", await Import([.. import, "--user", "who", "--file-order", "--overwrite"]), StringComparison.Ordinal);
        Assert.Equal([("a", 0.0), ("b", 1.0)], Events("plays").Select(e => (e.ItemId, e.Timestamp)));
    }

    [Fact]
    public async Task Without_items_there_are_ids_and_pictures_by_id()
    {
        using (var gzip = new GZipStream(File.Create(_folder["Music.tsv.gz"]), CompressionLevel.Fastest))
            gzip.Write("user\titem\ttime\tsplit\nu\ta\t1600000000500\ttrain\nu\tb\t1600000001500\tval\n"u8);
        _folder.Write("pictures/a.jpg", "");

        await Import("--interactions", _folder["Music.tsv.gz"], "--images", _folder["pictures"], "--time-unit", "ms");

        Assert.Equal([("a", 1600000000.5, SplitPart.Train), ("b", 1600000001.5, SplitPart.Validation)], Events("music").Select(e => (e.ItemId, e.Timestamp, e.Split)));
        Assert.Equal([("a", "a.jpg"), ("b", "")], ItemsOf("music").Select(i => (i.ItemId, i.Image)));
    }

    [Fact]
    public async Task Tables_without_a_header_have_their_columns_named()
    {
        _folder.Write("u.data", "196\t242\t3\t881250949\n186\t302\t3\t891717742\n");
        _folder.Write("u.names", "242;Kolya\n302;L.A. Confidential\n");
        string[] import = ["--interactions", _folder["u.data"], "--items", _folder["u.names"]];

        Assert.Contains("its first row has: 196, 242, 3, 881250949", await Refused(import), StringComparison.Ordinal);
        await Import([.. import, "--columns", "user,item,rating,time", "--item-columns", "item", "title"]);

        Assert.Equal([("196", "242", 3f), ("186", "302", 3f)], Events("u").Select(e => (e.UserId, e.ItemId, e.Rating)));
        Assert.Equal(["Kolya", "L.A. Confidential"], ItemsOf("u").Select(i => i.Title));
        Assert.Contains("4 fields, but 3 columns are named", await Refused([.. import, "--columns", "user,item,time", "--overwrite"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_rows_are_rejected_by_line_and_reason_with_those_that_a_stray_quote_takes_in()
    {
        _folder.Write("e.csv", "user,item,time,rating,split\nu,a,1,5,\n,a,1,5,\nu,a,soon,5,\nu,a,2024-01-01,5,\nu,a,2,five,\nu,a,3,5,later\nu,a,4\nu,\"a,5,5,\nv,b\",6,5,\nw,c,7,5,\n");

        string said = await Import(3, "--interactions", _folder["e.csv"], "--max-reject-rate", "0.9");

        Assert.Equal(["1", "7"], Events("e").Select(e => $"{e.Timestamp}"));
        string[] reasons = [.. File.ReadAllLines(_folder["out/rejects.csv"]).Skip(1).Select(line => line[(_folder["e.csv"].Length + 1)..])];
        Assert.Equal(["3", "4", "5", "6", "7", "8", "9", "10"], reasons.Select(reason => reason.Split(',')[0]));
        Assert.Contains("'2024-01-01' is a date and the times before it are numbers", reasons[2], StringComparison.Ordinal);
        Assert.Contains("8 of 10 rows were rejected", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_that_are_wrong_are_rejected_and_addresses_of_pictures_are_warned_of()
    {
        _folder.Write("e.csv", "user,item,time\nu,a,1\nu,unknown,2\n");
        _folder.Write("i.csv", "item,title,image\na,A,https://shop.example/a.png\na,again,\n,none,\nb,B,../b.png\n");
        Directory.CreateDirectory(_folder["pictures"]);

        string said = await Import(3, "--interactions", _folder["e.csv"], "--items", _folder["i.csv"], "--images", _folder["pictures"], "--max-reject-rate", "0.9");

        Assert.Equal("a", Assert.Single(ItemsOf("e")).ItemId);
        Assert.Contains("1 pictures are addresses, and nothing is downloaded", said, StringComparison.Ordinal);
        Assert.Contains("1 events are of items that nothing describes", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encodings_are_told_by_their_mark_or_refused()
    {
        const string text = "user,item,time\nzoé,a,1\n";
        _folder.Write("e.csv", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(text)]);
        await Import("--interactions", _folder["e.csv"]);
        Assert.Equal("zoé", Assert.Single(Events("e")).UserId);

        _folder.Write("e.csv", Encoding.Latin1.GetBytes(text));
        Assert.Contains("bytes that are not UTF-8; convert the file", await Refused("--interactions", _folder["e.csv"], "--overwrite"), StringComparison.Ordinal);
        _folder.Write("e.csv", Encoding.Unicode.GetBytes(text));
        Assert.Contains("expected UTF-8: convert", await Refused("--interactions", _folder["e.csv"], "--overwrite"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_was_cut_off_while_packed_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes("user,item,time\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"u{i * 7919},i{i},{i}\n"))));
        _folder.Write("e.csv", packed.ToArray()[..^9]);

        Assert.Contains("is not a whole gzip file", await Refused("--interactions", _folder["e.csv"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--image", "file")]
    [InlineData("--separator", "dash")]
    [InlineData("--items", "a", "b")]
    [InlineData("--domain", "a,b")]
    public async Task Options_that_do_not_fit_are_wrong_usage(params string[] options)
    {
        _folder.Write("e.csv", "user,item,time\nu,a,1\n");
        await Import(2, ["--interactions", _folder["e.csv"], .. options]);
    }

    private IEnumerable<Interaction> Events(string domain) => Dataset.Open(_folder["out"]).ReadInteractions(domain, new RejectLog(csvPath: null));

    private IEnumerable<Item> ItemsOf(string domain) => Dataset.Open(_folder["out"]).ReadItems(domain, new RejectLog(csvPath: null));

    private Task<string> Import(params string[] arguments) => Import(0, arguments);

    private Task<string> Refused(params string[] arguments) => Import(1, arguments);

    private async Task<string> Import(int expected, params string[] arguments)
    {
        var (code, output, errors) = await ProgramRun.Of(["import", "csv", "--out", _folder["out"], .. arguments]);
        Assert.True(code == expected, $"exit {code}: {errors}");
        return output + errors;
    }
}
