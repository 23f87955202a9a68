using UniM2Rec.Catalogue;

namespace UniM2Rec.Extractor.Importing.MovieLens;

/// <summary>Reads the films of a release.</summary>
internal sealed class MovieLensFilms(MovieLensForm form, string folder, RejectLog rejects)
{
    private const int FieldsBeforeFlags = 5;
    private const string NoGenres = "(no genres listed)";
    private const string UnknownGenre = "unknown";

    public List<MovieLensFilm> Read()
    {
        var path = Path.Combine(folder, form.FilmsFile);
        var genres = form.HasGenreFlags ? SourceLines.Read(Path.Combine(folder, "u.genre")).Select(l => l.Text.Split('|')[0]).ToArray() : [];
        var films = new List<MovieLensFilm>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, text) in SourceLines.Read(path, MovieLensForm.EncodingOf(path)))
        {
            if (form.HasHeader && line == 1)
                continue;
            var film = form.HasGenreFlags ? Flagged(text, genres) : Listed(text);
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
    private static MovieLensFilm? Flagged(string line, string[] genres)
    {
        var fields = line.Split('|');
        return fields.Length != FieldsBeforeFlags + genres.Length
            ? null
            : new(fields[0], fields[1].Trim(), [.. genres.Where((name, i) => fields[FieldsBeforeFlags + i] == "1" && name != UnknownGenre)]);
    }

    /// <summary>id, title, genres with | between them; only the title can hold the separator, and is quoted then in a CSV file.</summary>
    private MovieLensFilm? Listed(string line)
    {
        var first = line.IndexOf(form.Separator, StringComparison.Ordinal);
        var last = line.LastIndexOf(form.Separator, StringComparison.Ordinal);
        if (first < 0 || last <= first)
            return null;
        var title = line[(first + form.Separator.Length)..last];
        if (title is ['"', .., '"'])
            title = title[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
        return new(line[..first], title.Trim(), [.. line[(last + form.Separator.Length)..].Split('|').Where(genre => genre.Length > 0 && genre != NoGenres)]);
    }
}
