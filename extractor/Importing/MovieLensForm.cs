using System.Text;

namespace UniM2Rec.Extractor.Importing;

/// <summary>How one of MovieLens' releases is written.</summary>
/// <param name="RatingsFile">user, film, rating, time</param>
/// <param name="FilmsFile">film, title, genres</param>
/// <param name="Separator">between fields</param>
/// <param name="IsCsv">whether the files are CSV tables, whose first line names the columns</param>
internal sealed record MovieLensForm(string RatingsFile, string FilmsFile, string Separator, bool IsCsv)
{
    /// <summary>Bytes of a list of films.</summary>
    private const long MostBytes = 256L << 20;

    private static readonly string[] RatingColumns = ["userId", "movieId", "rating", "timestamp"], FilmColumns = ["movieId", "title", "genres"];

    /// <summary>ml-100k (genres as flags), ml-1m and ml-10m, and ml-20m and later.</summary>
    public static IReadOnlyList<MovieLensForm> All { get; } =
    [
        new("u.data", "u.item", "|", IsCsv: false),
        new("ratings.dat", "movies.dat", "::", IsCsv: false),
        new("ratings.csv", "movies.csv", ",", IsCsv: true),
    ];

    /// <summary>Whether genres are a flag each, named by u.genre.</summary>
    public bool HasGenreFlags => FilmsFile == "u.item";

    private string RatingSeparator => HasGenreFlags ? "\t" : Separator;

    /// <summary>The fields of each rating, with its line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rejects">Takes rows of a CSV table that can't be read.</param>
    /// <exception cref="UserErrorException">The file lacks a column, or can't be read.</exception>
    public IEnumerable<(long Line, string[] Fields)> Ratings(string path, RejectLog rejects) =>
        IsCsv ? Table(path, RatingColumns, [0, 1], time: 3, rejects) : SourceLines.Read(path).Select(line => (line.Line, line.Text.Split(RatingSeparator)));

    /// <summary>The fields of each film, with its line.</summary>
    /// <inheritdoc cref="Ratings"/>
    public IEnumerable<(long Line, string[] Fields)> Films(string path, RejectLog rejects) =>
        IsCsv ? Table(path, FilmColumns, [0], time: -1, rejects) : SourceLines.Read(path, EncodingOf(path)).Select(line => (line.Line, line.Text.Split(Separator)));

    private static IEnumerable<(long Line, string[] Fields)> Table(string path, string[] names, int[] ids, int time, RejectLog rejects)
    {
        using var table = CsvTable.OpenForeign(path, rejects, ',');
        int[] columns = [.. names.Select(table.Require)];
        table.Expect([.. ids.Select(id => columns[id])], time < 0 ? -1 : columns[time]);
        while (table.Read())
            yield return (table.Line, [.. columns.Select(table.Text)]);
    }

    /// <summary>Titles are UTF-8 in the later releases and Latin-1 in the earlier ones.</summary>
    private static Encoding EncodingOf(string path)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(RegularFile.ReadBytes(path, "a list of films", MostBytes));
            return Encoding.UTF8;
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1;
        }
    }
}
