using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

[Collection("console")]
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

        var domain = RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 0, new ImportContext(rejects, Progress.None, CancellationToken.None));
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

        var domain = RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 3, new ImportContext(rejects, Progress.None, CancellationToken.None));

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

        var domain = new StandardFilter { KCore = 2 }.Apply(RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 0, new ImportContext(rejects, Progress.None, CancellationToken.None)));

        Assert.Equal(["1", "2"], domain.Items.Select(i => i.ItemId));
        Assert.Equal(["b/1", "b/2", "c/2", "c/1"], domain.Interactions.Rows.Select(r => $"{domain.Interactions.Users[r.User]}/{domain.Interactions.Items[r.Item]}"));
    }

    [Fact]
    public void A_header_without_types_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "user_id\titem_id\nu\t1\n");
        using var rejects = new RejectLog(csvPath: null);

        Assert.Contains("has no type", Assert.Throws<UserErrorException>(() => RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 0, new ImportContext(rejects, Progress.None, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_of_other_names_are_given_by_options_and_the_refusal_says_which()
    {
        using var folder = new TemporaryFolder();
        folder.Write("in/places.inter", "uid:token\tplace:token\tstars:float\twhen:float\nu\ta\t4\t20\nu\tb\t2\t10\n");
        folder.Write("in/places.item", "place:token\tlabel:token_seq\na\tInn\nb\tBar &amp; grill\n");
        string[] import = ["import", "recbole", "--from", folder["in"], "--out", folder["out"]];

        var (code, _, errors) = await ProgramRun.Of(import);
        Assert.Equal(1, code);
        Assert.Contains("has no field 'user_id'", errors, StringComparison.Ordinal);
        Assert.Contains("uid, place, stars, when: name one of these by --user-field", errors, StringComparison.Ordinal);
        import = [.. import, "--user-field", "uid", "--item-field", "place"];
        Assert.Contains("--rating-field", (await ProgramRun.Of([.. import, "--min-rating", "3"])).Errors, StringComparison.Ordinal);
        Assert.Contains("name one of these by --title-field", (await ProgramRun.Of([.. import, "--title-field", "lable"])).Errors, StringComparison.Ordinal);
        Assert.Contains("taken in the order of the file; it has uid, place, stars, when, and --time-field names the time", (await ProgramRun.Of([.. import, "--title-field", "label"])).Errors, StringComparison.Ordinal);

        Assert.Equal(0, (await ProgramRun.Of([.. import, "--title-field", "label", "--time-field", "when", "--rating-field", "stars", "--overwrite"])).Code);
        using var silent = new RejectLog(csvPath: null);
        var dataset = Dataset.Open(folder["out"]);
        Assert.Equal(["Inn", "Bar & grill"], dataset.ReadItems("places", silent).Select(i => i.Title));
        Assert.Equal([("b", 10.0, 2f), ("a", 20.0, 4f)], dataset.ReadInteractions("places", silent).Select(e => (e.ItemId, e.Timestamp, e.Rating)));
    }

    [Theory]
    [InlineData("valid")]
    [InlineData("dev")]
    public void Three_files_are_a_split(string valid)
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.test.inter", "user_id:token\titem_id:token\nu\t3\n");
        folder.Write("ml.train.inter", "user_id:token\titem_id:token\nu\t1\nv\t1\n");
        folder.Write($"ml.{valid}.inter", "item_id:token\tuser_id:token\n2\tu\n");
        folder.Write("ml.item", Items);

        var domain = Read(folder);

        Assert.Equal("ml", domain.Name);
        Assert.Equal(
            [("1", 0.0, SplitPart.Train), ("1", 1.0, SplitPart.Train), ("2", 2.0, SplitPart.Validation), ("3", 3.0, SplitPart.Test)],
            domain.Interactions.Rows.Select(r => (domain.Interactions.Items[r.Item], r.Timestamp, r.Split)));
    }

    [Fact]
    public void Files_of_two_data_sets_are_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "user_id:token\titem_id:token\nu\t1\n");
        folder.Write("ml.train.inter", "user_id:token\titem_id:token\nu\t1\n");
        Assert.Contains("holds 2 .inter files (ml.inter, ml.train.inter)", Assert.Throws<UserErrorException>(() => Read(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("\t")]
    public void Separators_are_those_of_the_header(string separator)
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "user_id:token|item_id:token|timestamp:float\nu|1|5\nu|2|6|7\n".Replace("|", separator, StringComparison.Ordinal));
        using var rejects = new RejectLog(csvPath: null, maxRate: 0.5);

        var domain = RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), 0, new ImportContext(rejects, Progress.None, CancellationToken.None));

        Assert.Equal(("u", "1", 5.0), Assert.Single(domain.Interactions.Rows.Select(r => (domain.Interactions.Users[r.User], domain.Interactions.Items[r.Item], r.Timestamp))));
        Assert.Equal(1, rejects.Rejected);
    }

    [Fact]
    public void An_empty_rating_is_none_and_is_not_too_low()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ml.inter", "user_id:token\titem_id:token\trating:float\nu\t1\t5\nu\t2\t\nu\t3\t1\n");
        folder.Write("ml.item", Items);

        Assert.Equal([5f, float.NaN], Read(folder, minimumRating: 3).Interactions.Rows.Select(r => r.Rating));
    }

    [Fact]
    public async Task Times_of_several_units_are_warned_of_until_their_unit_is_said()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, time) in new[] { ("a", "1600000000"), ("b", "1600000000500"), ("c", "1600000001"), ("d", "1600000000\nu\t1\t1600000000500") })
            folder.Write($"{name}/{name}.inter", $"user_id:token\titem_id:token\ttimestamp:float\nu\t1\t{time}\n");

        Assert.Contains("a has times in seconds, b in milliseconds", (await Import("a", "b")).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("by their size", (await Import("a", "c")).Errors, StringComparison.Ordinal);
        Assert.Contains("d: 1 events have times in seconds and 1 in milliseconds", (await Import("d")).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("by their size", (await Import("a", "b", "--time-unit", "s,milliseconds")).Errors, StringComparison.Ordinal);
        using var silent = new RejectLog(csvPath: null);
        Assert.Equal(1600000000.5, Assert.Single(Dataset.Open(folder["out"]).ReadInteractions("b", silent)).Timestamp);
        Assert.Equal(2, (await Import("a", "--time-unit", "days")).Code);

        async Task<(int Code, string Output, string Errors)> Import(params string[] arguments) =>
            await ProgramRun.Of(["import", "recbole", "--out", folder["out"], "--overwrite", "--from", .. arguments.Select(a => a.Length == 1 ? folder[a] : a)]);
    }

    private static ImportedDomain Read(TemporaryFolder folder, double minimumRating = 0)
    {
        using var strict = new RejectLog(csvPath: null, maxRate: 0);
        return RecBoleImporter.Read(folder.Path, null, new AtomicFieldNames(), minimumRating, new ImportContext(strict, Progress.None, CancellationToken.None));
    }
}
