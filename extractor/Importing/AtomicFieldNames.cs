namespace UniM2Rec.Extractor.Importing;

/// <summary>Which fields of the atomic files mean what; the first of each list that the file has is taken.</summary>
public sealed record AtomicFieldNames
{
    /// <summary>Fields of the user.</summary>
    public string[] User { get; init; } = ["user_id"];

    /// <summary>Fields of the item.</summary>
    public string[] Item { get; init; } = ["item_id"];

    /// <summary>Fields of the time, in any unit that grows, or dates.</summary>
    public string[] Timestamp { get; init; } = ["timestamp"];

    /// <summary>Fields of the rating.</summary>
    public string[] Rating { get; init; } = ["rating"];

    /// <summary>Fields of the title.</summary>
    public string[] Title { get; init; } = ["title", "movie_title", "item_name", "name", "artist_name"];

    /// <summary>Fields of the category.</summary>
    public string[] Category { get; init; } = ["categories", "category", "class", "genre", "genres"];

    /// <summary>Fields of the brand.</summary>
    public string[] Brand { get; init; } = ["brand", "author", "publisher"];

    /// <summary>Fields of the description.</summary>
    public string[] Description { get; init; } = ["description", "sub_title"];

    /// <summary>Fields of the picture's path under the images folder.</summary>
    public string[] Image { get; init; } = ["image"];

    /// <summary>Options by which the user has named fields: of these, a file must have one.</summary>
    public IReadOnlySet<string> Asked { get; init; } = new HashSet<string>();
}
