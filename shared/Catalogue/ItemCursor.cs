using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Steps through a domain's items in the order of items.csv and shows the current one's fields as UTF-8, without making strings of them.
/// Rows with an empty or repeated id, with a picture outside the pictures folder or that can't be read go to the rejects.
/// </summary>
public sealed class ItemCursor : IDisposable
{
    private readonly CsvTable _table;
    private readonly HashSet<ulong>? _suspects;
    private readonly IdSet _seen = new();
    private readonly int _id, _title, _category, _brand, _description, _image;

    internal ItemCursor(string folder, string domain, RejectLog rejects, HashSet<ulong>? suspects)
    {
        (Domain, this._suspects) = (domain, suspects);
        _table = CsvTable.OpenCatalogue(CatalogueLayout.Items(folder, domain), domain, rejects, sharesStrings: false);
        try
        {
            _id = _table.Require("item_id");
            _table.Expect([_id]);
        }
        catch
        {
            _table.Dispose();
            throw;
        }
        (_title, _category, _brand, _description, _image) =
            (_table.Find("title"), _table.Find("category"), _table.Find("brand"), _table.Find("description"), _table.Find("image"));
    }

    /// <summary>The domain.</summary>
    public string Domain { get; }

    /// <summary>Unique in the domain; all fields are valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> ItemId => _table.Span(_id);

    /// <summary>Title; empty where the item has none, as for all fields that follow.</summary>
    public ReadOnlySpan<byte> Title => _table.Span(_title);

    /// <summary>Category.</summary>
    public ReadOnlySpan<byte> Category => _table.Span(_category);

    /// <summary>Brand.</summary>
    public ReadOnlySpan<byte> Brand => _table.Span(_brand);

    /// <summary>Description.</summary>
    public ReadOnlySpan<byte> Description => _table.Span(_description);

    /// <summary>Path of the picture relative to the pictures folder.</summary>
    public ReadOnlySpan<byte> Image => _table.Span(_image);

    /// <summary>Moves to the next item that can be used, and counts it as accepted.</summary>
    /// <exception cref="Diagnostics.UserErrorException">the file can't be read on</exception>
    public bool Read()
    {
        while (_table.Read())
        {
            if (ItemId.IsEmpty)
                _table.Reject("empty item_id");
            else if (!ImagePath.IsInside(Image))
                _table.Reject($"picture '{_table.Text(_image)}' is outside the pictures folder");
            else if (IsRepeated(ItemId))
                _table.Reject($"item_id '{_table.Text(_id)}' is in the table already");
            else
            {
                _table.Accept();
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
    public void Dispose() => _table.Dispose();

    // Where the suspects are known, no other id can be there twice, and only they are kept.
    private bool IsRepeated(ReadOnlySpan<byte> itemId) =>
        (_suspects is null || _suspects.Contains(IdHash.Append(IdHash.Start, itemId))) && !_seen.Add(itemId);
}
