using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace UniM2Rec.Extractor.Encoders.Tokenizers;

/// <summary>
/// Replaces HTML's character references as Python's html.unescape does, which follows the HTML standard and so differs from the framework's
/// decoder: all 2,231 names, some of them also without a semicolon and with text behind them; numbers of Windows' characters; characters that may not be are left out.
/// </summary>
internal sealed class HtmlCharacterReferences
{
    private const string Resource = "UniM2Rec.Extractor.Encoders.HtmlEntities.txt";
    private const int LongestName = 32;

    // What numbers from 0x80 to 0x9F stand for, as if they were Windows-1252 (HTML standard, section 13.2.5.80).
    private const string Windows =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    private readonly FrozenDictionary<string, string> _names;

    private HtmlCharacterReferences(FrozenDictionary<string, string> names) => _names = names;

    /// <summary>Reads the names out of the assembly.</summary>
    public static HtmlCharacterReferences Load()
    {
        using var reader = new StreamReader(typeof(HtmlCharacterReferences).Assembly.GetManifestResourceStream(Resource)!);
        var names = new Dictionary<string, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            string[] parts = line.Split(' ');
            names[parts[0]] = string.Concat(parts.Skip(1).Select(hex => char.ConvertFromUtf32(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
        }

        return new(names.ToFrozenDictionary());
    }

    /// <summary>The text with every reference replaced once: what a reference stands for is not looked at again.</summary>
    public string Replace(string text)
    {
        if (!text.Contains('&', StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int length = text[at] == '&' ? AppendReference(text.AsSpan(at + 1), result) : -1;
            if (length < 0)
                result.Append(text[at]);
            at += Math.Max(length, 0) + 1;
        }

        return result.ToString();
    }

    /// <summary>Appends what follows an ampersand, and says how many characters that were; −1 where it is no reference.</summary>
    private int AppendReference(ReadOnlySpan<char> text, StringBuilder result)
    {
        if (text.StartsWith('#'))
            return AppendNumber(text, result);
        int length = text[..Math.Min(LongestName, text.Length)].IndexOfAny("\t\n\f <&#;");
        if (length < 0)
            length = Math.Min(LongestName, text.Length);
        if (length == 0)
            return -1;
        if (length < text.Length && text[length] == ';')
            length++;
        var names = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int tried = length; tried > 1; tried--)
        {
            if (!names.TryGetValue(text[..tried], out string? meaning))
                continue;
            result.Append(meaning).Append(text[tried..length]);
            return length;
        }

        result.Append('&').Append(text[..length]);
        return length;
    }

    private static int AppendNumber(ReadOnlySpan<char> text, StringBuilder result)
    {
        bool isHex = text.Length > 1 && text[1] is 'x' or 'X';
        int begin = isHex ? 2 : 1;
        int end = begin;
        const int above = 0x110000;
        int number = 0;
        for (; end < text.Length && (isHex ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])); end++)
            number = Math.Min(above, number * (isHex ? 16 : 10) + Convert.ToInt32(text[end].ToString(), 16));
        if (end == begin)
            return -1;
        Append(number, result);
        return end < text.Length && text[end] == ';' ? end + 1 : end;
    }

    private static void Append(int number, StringBuilder result)
    {
        if (number is >= 0x80 and <= 0x9F)
            result.Append(Windows[number - 0x80]);
        else if (number is 0 or > 0x10FFFF or (>= 0xD800 and <= 0xDFFF))
            result.Append('\uFFFD');
        else if (!IsForbidden(number))
            result.Append(char.ConvertFromUtf32(number));
    }

    /// <summary>Control characters but white space, and code points that are no characters.</summary>
    private static bool IsForbidden(int number) =>
        number is (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or (>= 0xFDD0 and <= 0xFDEF) || (number & 0xFFFE) == 0xFFFE;
}
