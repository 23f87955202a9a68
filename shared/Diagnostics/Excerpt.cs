using System.Buffers;
using System.Globalization;
using System.Text;

namespace UniM2Rec.Diagnostics;

/// <summary>
/// Texts from elsewhere as a message may quote them: names and values in a file can be megabytes long, or hold what moves a terminal's
/// cursor.
/// </summary>
public static class Excerpt
{
    private static readonly SearchValues<char> Control = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl)]);

    /// <summary>The text, cut in its middle where it is longer than <paramref name="most"/> characters, control characters escaped.</summary>
    public static string Of(string text, int most = 120) => Cut(text, most, keepsLines: false);

    /// <summary>A whole message, which may have several lines, cut and escaped otherwise.</summary>
    public static string OfMessage(string text, int most) => Cut(text, most, keepsLines: true);

    private static string Cut(string text, int most, bool keepsLines)
    {
        if (text.Length <= most && !text.AsSpan().ContainsAny(Control))
            return text;
        var shown = new StringBuilder();
        int tail = text.Length <= most ? 0 : most / 3;
        int head = text.Length <= most ? text.Length : most - tail;
        Append(shown, text.AsSpan(0, head), keepsLines);
        if (head < text.Length)
            shown.Append(CultureInfo.InvariantCulture, $" … ({text.Length - most} characters more) … ");
        Append(shown, text.AsSpan(text.Length - tail), keepsLines);
        return shown.ToString();
    }

    private static void Append(StringBuilder shown, ReadOnlySpan<char> text, bool keepsLines)
    {
        foreach (char c in text)
        {
            if (!char.IsControl(c) || (keepsLines && c is ('\n' or '\t')))
                shown.Append(c);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
    }
}
