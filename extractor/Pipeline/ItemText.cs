using System.Buffers;
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
    private const string Between = ". ";
    private static readonly string[] Standard = ["title", "category", "brand"];

    /// <summary>Names that can be chosen.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["title", "category", "brand", "description"];

    /// <summary>Whether the current item has a text.</summary>
    public bool IsIn(ItemCursor item)
    {
        foreach (var field in fields)
        {
            if (!Field(item, field).IsEmpty)
                return true;
        }

        return !item.Description.IsEmpty;
    }

    /// <summary>Appends the current item's text, or nothing.</summary>
    public void Append(ItemCursor item, ArrayBufferWriter<char> to)
    {
        var begin = to.WrittenCount;
        foreach (var field in fields)
        {
            var part = Field(item, field);
            if (part.IsEmpty)
                continue;
            if (to.WrittenCount > begin)
                to.Write(Between);
            Append(part, to);
        }

        if (to.WrittenCount == begin)
            Append(item.Description, to);
    }

    /// <summary>The fingerprint of an encoder together with what it reads; for the standard fields it is the encoder's own.</summary>
    public string Fingerprint(string encoder) => fields.SequenceEqual(Standard)
        ? encoder
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{encoder}\n{string.Join('\n', fields)}\n")));

    private static void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<char> to) =>
        to.Advance(utf8.IsEmpty ? 0 : Encoding.UTF8.GetChars(utf8, to.GetSpan(utf8.Length)));

    private static ReadOnlySpan<byte> Field(ItemCursor item, string name) => name switch
    {
        "title" => item.Title,
        "category" => item.Category,
        "brand" => item.Brand,
        _ => item.Description,
    };
}
