using System.Text;

namespace UniM2Rec.Extractor.Importing.MovieLens;

/// <summary>How one of MovieLens' releases is written.</summary>
/// <param name="RatingsFile">user, film, rating, time</param>
/// <param name="FilmsFile">film, title, genres</param>
/// <param name="Separator">between fields</param>
/// <param name="HasHeader">whether the first line names the fields</param>
internal sealed record MovieLensForm(string RatingsFile, string FilmsFile, string Separator, bool HasHeader)
{
    /// <summary>ml-100k (genres as flags), ml-1m and ml-10m, and ml-20m and later.</summary>
    public static IReadOnlyList<MovieLensForm> All { get; } =
    [
        new("u.data", "u.item", "|", HasHeader: false),
        new("ratings.dat", "movies.dat", "::", HasHeader: false),
        new("ratings.csv", "movies.csv", ",", HasHeader: true),
    ];

    /// <summary>Whether genres are a flag each, named by u.genre.</summary>
    public bool HasGenreFlags => FilmsFile == "u.item";

    /// <summary>Separator of the ratings.</summary>
    public string RatingSeparator => HasGenreFlags ? "\t" : Separator;

    /// <summary>Titles are UTF-8 in the later releases and Latin-1 in the earlier ones.</summary>
    public static Encoding EncodingOf(string path)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(File.ReadAllBytes(path));
            return Encoding.UTF8;
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1;
        }
    }
}
