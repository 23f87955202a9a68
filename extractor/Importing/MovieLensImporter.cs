using System.CommandLine;
using System.Globalization;
using System.Text;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Turns MovieLens into one domain, or one for each film's first genre, so that one user acts in many.</summary>
public sealed class MovieLensImporter : IImporter
{
    private const string OneDomain = "movies";
    private const string NoGenre = "other";
    private const string ByGenre = "genre";
    private static readonly Option<string> From = new("--from") { Description = "Folder of ml-100k, ml-1m, ml-10m, ml-20m or later, as it was unpacked.", Required = true, HelpName = "folder" };
    private static readonly Option<string> Domains = new Option<string>("--domains") { Description = "genre: a domain for each first genre; one: all films in one.", DefaultValueFactory = _ => ByGenre }.AcceptOnlyFromAmong(ByGenre, "one");
    private static readonly Option<string?> Images = ImportOptions.Images();
    private static readonly Option<double> MinimumRating = ImportOptions.MinimumRating();
    private static readonly Option<int> KCore = ImportOptions.KCore(0);

    /// <inheritdoc/>
    public string Name => "movielens";

    /// <inheritdoc/>
    public string Description => "MovieLens in its raw forms, as one domain or one for each first genre.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples =>
    [
        "import movielens --from ml-1m --out movielens --images posters",
        "import movielens --from ml-100k --out films --domains one --k-core 5",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [From, Domains, Images, MinimumRating, KCore];

    /// <inheritdoc/>
    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        var pictures = parsed.GetValue(Images) is { } folder ? new PicturesById(folder) : null;
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = true, Log = context.Log };
        var domains = Read(parsed.GetRequiredValue(From), parsed.GetValue(Domains) == ByGenre, parsed.GetValue(MinimumRating), pictures, context);
        return new ImportedCatalogue("movielens", [.. domains.Select(filter.Apply)]) { Images = pictures?.FullPath };
    }

    /// <summary>Reads a folder as it was unpacked.</summary>
    /// <param name="folder">of ml-100k, ml-1m, ml-10m, ml-20m or later</param>
    /// <param name="byGenre">a domain for each first genre, in alphabetical order</param>
    /// <param name="minimumRating">events rated lower are left out; 0 keeps all</param>
    /// <param name="pictures">gives a film's poster; null where there are none</param>
    /// <param name="context">takes lines that can't be used</param>
    /// <exception cref="UserErrorException">The folder holds no MovieLens, or too many lines can't be used.</exception>
    public static IReadOnlyList<ImportedDomain> Read(string folder, bool byGenre, double minimumRating, PicturesById? pictures, ImportContext context)
    {
        var form = MovieLensForm.All.FirstOrDefault(f => File.Exists(Path.Combine(folder, f.RatingsFile)) && File.Exists(Path.Combine(folder, f.FilmsFile)))
            ?? throw new UserErrorException($"'{folder}' holds no MovieLens; expected {string.Join(", or ", MovieLensForm.All.Select(f => $"{f.RatingsFile} and {f.FilmsFile}"))}: give the folder as it was unpacked.");
        var films = new MovieLensFilms(form, folder, context.Rejects).Read();
        var domains = films.Select(film => DomainOf(film, byGenre)).Distinct().Order(StringComparer.Ordinal).ToDictionary(name => name, _ => new InteractionTable());
        var tables = films.ToDictionary(film => film.Id, film => domains[DomainOf(film, byGenre)], StringComparer.Ordinal);
        ReadRatings(form, Path.Combine(folder, form.RatingsFile), tables, minimumRating, context);
        context.Rejects.ThrowIfTooMany();
        return
        [
            .. domains.Where(domain => domain.Value.Rows.Count > 0).Select(domain => new ImportedDomain(
                domain.Key, [.. films.Where(film => DomainOf(film, byGenre) == domain.Key).Select(film => Describe(film, domain.Key, pictures))], domain.Value)),
        ];
    }

    private static void ReadRatings(MovieLensForm form, string path, Dictionary<string, InteractionTable> tables, double minimumRating, ImportContext context)
    {
        const int step = 4096;
        using var task = context.Progress.Start(form.RatingsFile, null, "lines");
        foreach (var (line, fields) in form.Ratings(path, context.Rejects))
        {
            if (line % step == 0)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                task.Advance(step);
            }

            if (fields.Length != 4)
                context.Rejects.Add(path, line, $"has {fields.Length} fields, but user, film, rating and time were expected");
            else if (!TryParse(fields[2], out double rating) || !TryParse(fields[3], out double time))
                context.Rejects.Add(path, line, $"'{fields[2]}' is no rating or '{fields[3]}' no time");
            else if (!tables.TryGetValue(fields[1], out var table))
                context.Rejects.Add(path, line, $"film '{fields[1]}' is not in {form.FilmsFile}");
            else
            {
                context.Rejects.Accept();
                if (rating >= minimumRating)
                    table.Add(fields[0], fields[1], time, (float)rating);
            }
        }
    }

    /// <summary>The genre as a folder's name: Children's is childrens, Sci-Fi sci-fi.</summary>
    private static string DomainOf(MovieLensFilm film, bool byGenre)
    {
        if (!byGenre)
            return OneDomain;
        string name = string.Concat((film.Genres.FirstOrDefault() ?? "").ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        return name.Length > 0 ? name : NoGenre;
    }

    private static Item Describe(MovieLensFilm film, string domain, PicturesById? pictures) =>
        new() { Domain = domain, ItemId = film.Id, Title = film.Title, Category = string.Join(' ', film.Genres), Image = pictures?.Find(film.Id) ?? "" };

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}

/// <summary>Reads the films of a release.</summary>
internal sealed class MovieLensFilms(MovieLensForm form, string folder, RejectLog rejects)
{
    private const int FieldsBeforeFlags = 5;
    private const string NoGenres = "(no genres listed)";
    private const string UnknownGenre = "unknown";

    public List<MovieLensFilm> Read()
    {
        string path = Path.Combine(folder, form.FilmsFile);
        string[] genres = form.HasGenreFlags ? SourceLines.Read(Path.Combine(folder, "u.genre")).Select(l => l.Text.Split('|')[0]).ToArray() : [];
        var films = new List<MovieLensFilm>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, fields) in form.Films(path, rejects))
        {
            var film = form.HasGenreFlags ? Flagged(fields, genres) : Listed(fields);
            if (film is null || film.Id.Length == 0)
                rejects.Add(path, line, "has too few fields, but film, title and genres were expected");
            else if (!seen.Add(film.Id))
                rejects.Add(path, line, $"film '{film.Id}' occurs again");
            else
            {
                rejects.Accept();
                films.Add(film);
            }
        }

        return films;
    }

    /// <summary>id|title|release|video|address|flag|flag|...</summary>
    private static MovieLensFilm? Flagged(string[] fields, string[] genres) => fields.Length != FieldsBeforeFlags + genres.Length
        ? null
        : new(fields[0], fields[1].Trim(), [.. genres.Where((name, i) => fields[FieldsBeforeFlags + i] == "1" && name != UnknownGenre)]);

    /// <summary>id, title, genres with | between them; only the title can hold the separator.</summary>
    private MovieLensFilm? Listed(string[] fields) => fields.Length < 3
        ? null
        : new(fields[0], string.Join(form.Separator, fields[1..^1]).Trim(), [.. fields[^1].Split('|').Where(genre => genre.Length > 0 && genre != NoGenres)]);
}

/// <summary>One film; genres in the source's order.</summary>
internal sealed record MovieLensFilm(string Id, string Title, string[] Genres);
