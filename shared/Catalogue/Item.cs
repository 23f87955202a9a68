namespace UniM2Rec.Catalogue;

/// <summary>One item of a domain. Texts are never null; "" is an absent one.</summary>
public sealed record Item
{
    /// <summary>Name of the domain.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Unique in its domain.</summary>
    public string ItemId { get; init; } = "";

    /// <summary>Title.</summary>
    public string Title { get; init; } = "";

    /// <summary>Category, levels in the source's own form.</summary>
    public string Category { get; init; } = "";

    /// <summary>Brand.</summary>
    public string Brand { get; init; } = "";

    /// <summary>Description.</summary>
    public string Description { get; init; } = "";

    /// <summary>Path of the picture relative to the catalogue's pictures folder.</summary>
    public string Image { get; init; } = "";

    /// <summary>
    /// Title, category and brand joined by ". ", empty parts left out: the item text of UniSRec's and MISSRec's preprocessing.
    /// </summary>
    public string Text
    {
        get
        {
            if (Category.Length == 0 && Brand.Length == 0)
                return Title;
            return string.Join(". ", new[] { Title, Category, Brand }.Where(part => part.Length > 0));
        }
    }
}
