using System.Security.Cryptography;
using System.Text;
using UniM2Rec.Catalogue;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Which fields make an item's text. An item whose chosen fields are all empty falls back to its description; one without any text is
/// missing.
/// </summary>
public sealed class ItemText(IReadOnlyList<string> fields)
{
    private static readonly string[] Standard = ["title", "category", "brand"];

    /// <summary>Names that can be chosen.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["title", "category", "brand", "description"];

    /// <summary>The item's text, or "".</summary>
    public string Of(Item item)
    {
        var text = fields.SequenceEqual(Standard) ? item.Text : string.Join(". ", fields.Select(f => Field(item, f)).Where(part => part.Length > 0));
        return text.Length > 0 ? text : item.Description;
    }

    /// <summary>The fingerprint of an encoder together with what it reads; for the standard fields it is the encoder's own.</summary>
    public string Fingerprint(string encoder) => fields.SequenceEqual(Standard)
        ? encoder
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{encoder}\n{string.Join('\n', fields)}\n")));

    private static string Field(Item item, string name) => name switch
    {
        "title" => item.Title,
        "category" => item.Category,
        "brand" => item.Brand,
        _ => item.Description,
    };
}
