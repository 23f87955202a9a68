using System.Text;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

public class MovieLensImporterTests
{
    private static readonly string[] Expected = ["childrens 2 Babe, the Pig Café (1995) [Children's Comedy] 7@20 8@5", "drama 1 Heat (1995) [Drama] 7@10"];

    [Fact]
    public void The_form_of_100k_has_genres_as_flags()
    {
        using var folder = new TemporaryFolder();
        folder.Write("u.data", "7\t1\t4\t10\n7\t2\t3\t20\n8\t2\t5\t5\n");
        folder.Write("u.genre", "unknown|0\nChildren's|1\nComedy|2\nDrama|3\n\n");
        File.WriteAllText(folder["u.item"], "1|Heat (1995)|01-Jan-1995||http://x|0|0|0|1\n2|Babe, the Pig Café (1995)|01-Jan-1995||http://x|0|1|1|0\n", Encoding.Latin1);

        Assert.Equal(Expected, Describe(Read(folder, byGenre: true)));
    }

    [Fact]
    public void The_form_of_1m_has_two_colons_and_Latin_letters()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ratings.dat", "7::1::4::10\n7::2::3::20\n8::2::5::5\n");
        File.WriteAllText(folder["movies.dat"], "1::Heat (1995)::Drama\n2::Babe, the Pig Café (1995)::Children's|Comedy\n", Encoding.Latin1);

        Assert.Equal(Expected, Describe(Read(folder, byGenre: true)));
    }

    [Fact]
    public void The_form_of_20m_is_csv_with_quoted_titles()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ratings.csv", "userId,movieId,rating,timestamp\r\n7,1,3.5,10\r\n7,2,0.5,20\r\n8,2,5.0,5\r\n");
        folder.Write("movies.csv", "movieId,title,genres\r\n1,Heat (1995),Drama\r\n2,\"Babe, the Pig Café (1995)\",Children's|Comedy\r\n3,\"Say \"\"x\"\"\",(no genres listed)\r\n");

        Assert.Equal(Expected, Describe(Read(folder, byGenre: true)));
        var all = Assert.Single(Read(folder, byGenre: false));
        Assert.Equal(("movies", "Say \"x\"", ""), (all.Name, all.Items[2].Title, all.Items[2].Category));
        Assert.Equal([3.5f, 0.5f, 5f], all.Interactions.Rows.Select(r => r.Rating));
    }

    [Fact]
    public void Rows_that_a_stray_quote_takes_in_are_rejected_by_line()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ratings.csv", "userId,movieId,rating,timestamp\n7,1,4,10\n7,\"1,4,11\n8,1,4,12\n8,1\",4,13\n8,1,4,14\n");
        folder.Write("movies.csv", "movieId,title,genres\n1,Heat (1995),Drama\n2,\"Babe (1995),Comedy\n3,Ran (1985),Drama\n4,\"Kes\",Drama\n");
        using (var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1))
        {
            var film = Assert.Single(Assert.Single(Read(folder, byGenre: false, rejects)).Items);
            Assert.Equal("Heat (1995)", film.Title);
            Assert.Equal((3, 6), (rejects.Accepted, rejects.Rejected));
        }

        string[] list = [.. File.ReadAllLines(folder["rejects.csv"]).Skip(1).Select(line => line[folder.Path.Length..])];
        Assert.Equal(["/movies.csv,3", "/movies.csv,4", "/movies.csv,5", "/ratings.csv,3", "/ratings.csv,4", "/ratings.csv,5"], list.Select(line => string.Join(',', line.Split(',')[..2])));
        Assert.Contains("a quote that takes in the next 2 lines", list[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_other_columns_is_refused_by_its_header()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ratings.csv", "user,film,stars,time\n7,1,4,10\n");
        folder.Write("movies.csv", "movieId,title,genres\n1,Heat (1995),Drama\n");
        Assert.Contains("no column userId", Assert.Throws<UserErrorException>(() => Read(folder, byGenre: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_lines_are_rejected_and_another_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ratings.dat", "7::1::4::10\n7::9::4::10\n7::1::x::10\n7::1\n");
        folder.Write("movies.dat", "1::Heat (1995)::Drama\n1::again::Drama\nnothing\n");
        using (var rejects = new RejectLog(folder["rejects.csv"], maxRate: 1))
        {
            Read(folder, byGenre: true, rejects);
            Assert.Equal((2, 5), (rejects.Accepted, rejects.Rejected));
        }

        Assert.Equal(["2", "3", "2", "3", "4"], File.ReadAllLines(folder["rejects.csv"]).Skip(1).Select(line => line.Split(',')[1]));
        File.Delete(folder["movies.dat"]);
        Assert.Contains("u.data and u.item", Assert.Throws<UserErrorException>(() => Read(folder, byGenre: true)).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ImportedDomain> Read(TemporaryFolder folder, bool byGenre, RejectLog? rejects = null)
    {
        using var strict = new RejectLog(csvPath: null, maxRate: 0);
        return MovieLensImporter.Read(folder.Path, byGenre, 0, null, new ImportContext(rejects ?? strict, Progress.None, CancellationToken.None));
    }

    private static IEnumerable<string> Describe(IReadOnlyList<ImportedDomain> domains) => domains.Select(domain =>
    {
        var item = Assert.Single(domain.Items);
        var table = domain.Interactions;
        var events = table.Rows.Select(r => $"{table.Users[r.User]}@{r.Timestamp}");
        return $"{domain.Name} {item.ItemId} {item.Title} [{item.Category}] {string.Join(' ', events)}";
    });
}
