namespace UniM2Rec.Extractor.Importing.MovieLens;

/// <summary>One film; genres in the source's order.</summary>
internal sealed record MovieLensFilm(string Id, string Title, string[] Genres);
