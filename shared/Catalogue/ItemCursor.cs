using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Steps through a domain's items in the order of items.csv and shows the current one's fields as UTF-8, without making strings of them.
/// Rows with an empty or repeated id, with a picture outside the pictures folder or that can't be read go to the rejects.
/// </summary>
public sealed class ItemCursor : IDisposable
{
    private readonly CsvTable table;
    private readonly HashSet<ulong>? suspects;
    private readonly IdSet seen = new();
    private readonly int id, title, category, brand, description, image;

    internal ItemCursor(string folder, string domain, RejectLog rejects, HashSet<ulong>? suspects)
    {
        (Domain, this.suspects) = (domain, suspects);
        table = new CsvTable(CatalogueLayout.Items(folder, domain), domain, rejects, sharesStrings: false);
        try
        {
            id = table.Require("item_id");
        }
        catch
        {
            table.Dispose();
            throw;
        }
        (title, category, brand, description, image) =
            (table.Find("title"), table.Find("category"), table.Find("brand"), table.Find("description"), table.Find("image"));
    }

    /// <summary>The domain.</summary>
    public string Domain { get; }

    /// <summary>Unique in the domain; all fields are valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> ItemId => table.Span(id);

    /// <summary>Title; empty where the item has none, as for all fields that follow.</summary>
    public ReadOnlySpan<byte> Title => table.Span(title);

    /// <summary>Category.</summary>
    public ReadOnlySpan<byte> Category => table.Span(category);

    /// <summary>Brand.</summary>
    public ReadOnlySpan<byte> Brand => table.Span(brand);

    /// <summary>Description.</summary>
    public ReadOnlySpan<byte> Description => table.Span(description);

    /// <summary>Path of the picture relative to the pictures folder.</summary>
    public ReadOnlySpan<byte> Image => table.Span(image);

    /// <summary>Moves to the next item that can be used, and counts it as accepted.</summary>
    /// <exception cref="Diagnostics.UserErrorException">the file can't be read on</exception>
    public bool Read()
    {
        while (table.Read())
        {
            if (ItemId.IsEmpty)
                table.Reject("empty item_id");
            else if (!ImagePath.IsInside(Image))
                table.Reject($"picture '{table.Text(image)}' is outside the pictures folder");
            else if (IsRepeated(ItemId))
                table.Reject($"item_id '{table.Text(id)}' is in the table already");
            else
            {
                table.Accept();
                return true;
            }
        }
        return false;
    }

    /// <summary>The current item as an object of its own.</summary>
    public Item ToItem() => new()
    {
        Domain = Domain,
        ItemId = Encoding.UTF8.GetString(ItemId),
        Title = Encoding.UTF8.GetString(Title),
        Category = Encoding.UTF8.GetString(Category),
        Brand = Encoding.UTF8.GetString(Brand),
        Description = Encoding.UTF8.GetString(Description),
        Image = Encoding.UTF8.GetString(Image),
    };

    /// <inheritdoc/>
    public void Dispose() => table.Dispose();

    // Where the suspects are known, no other id can be there twice, and only they are kept.
    private bool IsRepeated(ReadOnlySpan<byte> itemId) =>
        (suspects is null || suspects.Contains(IdHash.Append(IdHash.Start, itemId))) && !seen.Add(itemId);
}
