using System.Globalization;
using System.Text;

namespace UniM2Rec.Diagnostics;

/// <summary>
/// Texts from elsewhere as a message may quote them: names and values in a file can be megabytes long, or hold what moves a terminal's
/// cursor.
/// </summary>
public static class Excerpt
{
    /// <summary>The text, cut in its middle where it is longer than <paramref name="most"/> characters, control characters escaped.</summary>
    public static string Of(string text, int most = 120)
    {
        if (text.Length <= most && !text.AsSpan().ContainsAny(Control))
            return text;
        var shown = new StringBuilder();
        int tail = text.Length <= most ? 0 : most / 3;
        int head = text.Length <= most ? text.Length : most - tail;
        Append(shown, text.AsSpan(0, head));
        if (head < text.Length)
            shown.Append(CultureInfo.InvariantCulture, $" … ({text.Length - most} characters more) … ");
        Append(shown, text.AsSpan(text.Length - tail));
        return shown.ToString();
    }

    // Line feeds and tabs stand in messages of several lines.
    private static readonly System.Buffers.SearchValues<char> Control = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(c => char.IsControl(c) && c is not ('\n' or '\t'))]);

    private static void Append(StringBuilder shown, ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c) && c is not ('\n' or '\t'))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }
    }
}
