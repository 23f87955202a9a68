using System.Text;

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

/// <summary>Rules for pictures' paths.</summary>
public static class ImagePath
{
    /// <inheritdoc cref="IsInside(ReadOnlySpan{byte})"/>
    public static bool IsInside(string path) => IsInside(Encoding.UTF8.GetBytes(path));

    /// <summary>Whether a relative path, in UTF-8, stays inside the folder that it starts from; "" does.</summary>
    public static bool IsInside(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
            return true;
        // Backslashes and drive letters would be harmless names on one system and a way out on another.
        if (path[0] is (byte)'/' or (byte)'\\' || path.Contains((byte)0) || (path.Length > 1 && path[1] == ':'))
            return false;
        int depth = 0;
        foreach (var range in path.SplitAny((byte)'/', (byte)'\\'))
        {
            var part = path[range];
            depth += part.IsEmpty || part.SequenceEqual("."u8) ? 0 : part.SequenceEqual(".."u8) ? -1 : 1;
            if (depth < 0)
                return false;
        }
        return depth > 0;
    }
}
