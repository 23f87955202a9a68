using System.Globalization;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing.MovieLens;

/// <summary>Turns MovieLens into one domain, or one for each film's first genre, so that one user acts in many.</summary>
public static class MovieLensImporter
{
    private const string OneDomain = "movies";
    private const string NoGenre = "other";

    /// <summary>Reads a folder as it was unpacked.</summary>
    /// <param name="folder">of ml-100k, ml-1m, ml-10m, ml-20m or later</param>
    /// <param name="byGenre">a domain for each first genre, in alphabetical order</param>
    /// <param name="minimumRating">events rated lower are left out; 0 keeps all</param>
    /// <param name="pictures">gives a film's poster; null where there are none</param>
    /// <param name="rejects">takes lines that can't be used</param>
    /// <param name="progress">told of the lines read</param>
    /// <param name="cancellation">leaves</param>
    /// <exception cref="UserErrorException">The folder holds no MovieLens, or too many lines can't be used.</exception>
    public static IReadOnlyList<ImportedDomain> Read(
        string folder, bool byGenre, double minimumRating, PicturesById? pictures, RejectLog rejects, IProgressSink progress, CancellationToken cancellation)
    {
        var form = MovieLensForm.All.FirstOrDefault(f => File.Exists(Path.Combine(folder, f.RatingsFile)) && File.Exists(Path.Combine(folder, f.FilmsFile)))
            ?? throw new UserErrorException($"'{folder}' holds no MovieLens; expected {string.Join(", or ", MovieLensForm.All.Select(f => $"{f.RatingsFile} and {f.FilmsFile}"))}: give the folder as it was unpacked.");
        var films = new MovieLensFilms(form, folder, rejects).Read();
        var domains = films.Select(film => DomainOf(film, byGenre)).Distinct().Order(StringComparer.Ordinal).ToDictionary(name => name, _ => new InteractionTable());
        var tables = films.ToDictionary(film => film.Id, film => domains[DomainOf(film, byGenre)], StringComparer.Ordinal);
        ReadRatings(form, Path.Combine(folder, form.RatingsFile), tables, minimumRating, rejects, progress, cancellation);
        rejects.ThrowIfTooMany();
        return
        [
            .. domains.Where(domain => domain.Value.Rows.Count > 0).Select(domain => new ImportedDomain(
                domain.Key, [.. films.Where(film => DomainOf(film, byGenre) == domain.Key).Select(film => Describe(film, domain.Key, pictures))], domain.Value)),
        ];
    }

    private static void ReadRatings(
        MovieLensForm form, string path, Dictionary<string, InteractionTable> tables, double minimumRating, RejectLog rejects, IProgressSink progress, CancellationToken cancellation)
    {
        const int step = 4096;
        using var task = progress.Start(form.RatingsFile, null, "lines");
        foreach (var (line, text) in SourceLines.Read(path))
        {
            if (line % step == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                task.Advance(step);
            }

            if (form.HasHeader && line == 1)
                continue;
            var fields = text.Split(form.RatingSeparator);
            if (fields.Length != 4)
                rejects.Add(path, line, $"has {fields.Length} fields, but user, film, rating and time were expected");
            else if (!TryParse(fields[2], out var rating) || !TryParse(fields[3], out var time))
                rejects.Add(path, line, $"'{fields[2]}' is no rating or '{fields[3]}' no time");
            else if (!tables.TryGetValue(fields[1], out var table))
                rejects.Add(path, line, $"film '{fields[1]}' is not in {form.FilmsFile}");
            else
            {
                rejects.Accept();
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
        var name = string.Concat((film.Genres.FirstOrDefault() ?? "").ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        return name.Length > 0 ? name : NoGenre;
    }

    private static Item Describe(MovieLensFilm film, string domain, PicturesById? pictures) =>
        new() { Domain = domain, ItemId = film.Id, Title = film.Title, Category = string.Join(' ', film.Genres), Image = pictures?.Find(film.Id) ?? "" };

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
