using System.Net;
using System.Text.RegularExpressions;

namespace UniM2Rec.Extractor.Importing.Amazon;

/// <summary>Cleans a field as UniSRec's preprocessing does: HTML's character references decoded, tags taken out, one line.</summary>
internal static partial class CatalogueText
{
    /// <summary>Some titles of the 2018 release are a page's script; such a text tells nothing of the item.</summary>
    private const string PageScript = "getTime";

    public static string Clean(string text)
    {
        if (text.Contains(PageScript, StringComparison.Ordinal))
            return "";
        var plain = text.Contains('<') || text.Contains('&') ? Tag().Replace(WebUtility.HtmlDecode(text), "") : text;
        return WhiteSpace().Replace(plain, " ").Trim();
    }

    public static string Clean(IEnumerable<string> texts) => string.Join(' ', texts.Select(Clean).Where(text => text.Length > 0));

    [GeneratedRegex(@"</?\w+[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
