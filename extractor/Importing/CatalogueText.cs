using System.Text.RegularExpressions;
using UniM2Rec.Extractor.Encoders.Tokenizers;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Makes plain text of a field that may hold HTML: each tag becomes a space, then references such as <c>&amp;eacute;</c> are decoded once, as
/// Python's html.unescape does, then white space becomes one space. What a reference stands for is text, so that no text is lost as a tag.
/// </summary>
internal static partial class CatalogueText
{
    private static readonly HtmlCharacterReferences References = HtmlCharacterReferences.Load();

    /// <summary>One field; "" where it shows nothing, or is a page's script, as some titles of Amazon's 2018 release are.</summary>
    public static string Clean(string text)
    {
        string plain = WhiteSpace().Replace(References.Replace(HtmlTags.Remove(text)), " ").Trim();
        return BlankText.Is(plain) || PageScript().IsMatch(plain) ? "" : plain;
    }

    /// <summary>Several texts as one, each of them once.</summary>
    public static string Clean(IEnumerable<string> texts) =>
        string.Join(' ', texts.Select(Clean).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal));

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();

    /// <summary>A text that begins as code and takes the time with a call; one that only mentions getTime is a text.</summary>
    [GeneratedRegex(@"^(var\s|function\b|\(function\b|window\.|if\s*\(|//|/\*).*Date\(?\)?\)?\.getTime\(\)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex PageScript();
}

/// <summary>
/// Finds tags as HTML writes them. <c>&lt;3</c>, <c>&lt; 5 cm</c> or <c>&lt;x and y&gt;</c> are no tags: a tag has the name of an element,
/// and behind it nothing but attributes.
/// </summary>
internal static class HtmlTags
{
    private const string Elements =
        " a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br button canvas caption center cite code col"
        + " colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header"
        + " hgroup hr html i iframe img input ins isindex kbd keygen label legend li link listing main map mark marquee menu menuitem meta meter multicol nav nobr noembed"
        + " noframes noscript object ol optgroup option output p param picture plaintext pre progress q rb rp rt rtc ruby s samp script section select slot small source"
        + " spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp ";

    /// <summary>Attributes that are written without a value.</summary>
    private const string Flags =
        " allowfullscreen async autofocus autoplay checked compact controls declare default defer disabled hidden ismap loop multiple muted nohref noresize noshade"
        + " novalidate nowrap open readonly required reversed selected ";

    /// <summary>The text with a space in the place of every tag and comment, and of what stands in a script or a style sheet.</summary>
    public static string Remove(string text)
    {
        int at = text.IndexOf('<', StringComparison.Ordinal);
        if (at < 0)
            return text;
        var plain = new System.Text.StringBuilder(text.Length);
        int copied = 0;
        while (at >= 0)
        {
            int end = EndOf(text, at);
            if (end > 0)
            {
                plain.Append(text, copied, at - copied).Append(' ');
                copied = end;
            }

            at = text.IndexOf('<', Math.Max(end, at + 1));
        }

        return plain.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Where what begins at a &lt; ends, or −1 where that is text.</summary>
    private static int EndOf(string text, int at)
    {
        var rest = text.AsSpan(at + 1);
        if (rest.StartsWith("!--", StringComparison.Ordinal))
            return After(text, "-->", at + 4);
        if (rest.StartsWith("!doctype", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("?xml", StringComparison.OrdinalIgnoreCase))
            return After(text, ">", at);
        bool closes = rest.StartsWith('/');
        int name = at + (closes ? 2 : 1);
        int nameEnd = name;
        while (nameEnd < text.Length && (char.IsAsciiLetterOrDigit(text[nameEnd]) || text[nameEnd] is ':' or '-'))
            nameEnd++;
        if (nameEnd == name || !char.IsAsciiLetter(text[name]))
            return -1;
        int close = CloseOf(text, nameEnd);
        if (close < 0 || (!closes && !IsTag(text[name..nameEnd], text[nameEnd..close])))
            return -1;
        string element = text[name..nameEnd].ToLowerInvariant();
        // Without an end of its own, a script is taken for text: it must not swallow what follows.
        if (!closes && element is "script" or "style" && After(text, "</" + element, close) is > 0 and var scriptEnd && After(text, ">", scriptEnd) is > 0 and var end)
            return end;
        return close + 1;
    }

    /// <summary>The &gt; that closes a tag, past values in quotes; −1 where another &lt; or the end comes first.</summary>
    private static int CloseOf(string text, int from)
    {
        for (int at = from; at < text.Length; at++)
        {
            if (text[at] == '>')
                return at;
            if (text[at] == '<')
                return -1;
            if (text[at] is '"' or '\'' && text.AsSpan(from, at - from).TrimEnd().EndsWith('=') && text.IndexOf(text[at], at + 1) is > 0 and var quote)
                at = quote;
        }

        return -1;
    }

    private static bool IsTag(string name, string behind)
    {
        string attributes = behind.TrimEnd('/').Trim();
        if (behind.Length > 0 && !char.IsWhiteSpace(behind[0]) && behind[0] != '/')
            return false;
        if (!Elements.Contains($" {name.ToLowerInvariant()} ", StringComparison.Ordinal))
            return attributes.Contains("=\"", StringComparison.Ordinal) || attributes.Contains("='", StringComparison.Ordinal);
        return (attributes.IndexOf('=', StringComparison.Ordinal) > 0)
            || attributes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).All(word => Flags.Contains($" {word.ToLowerInvariant()} ", StringComparison.Ordinal));
    }

    private static int After(string text, string mark, int from) =>
        text.IndexOf(mark, Math.Min(from, text.Length), StringComparison.OrdinalIgnoreCase) is >= 0 and var found ? found + mark.Length : -1;
}
