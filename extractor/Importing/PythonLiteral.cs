using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Rewrites a Python literal (dictionaries, lists, texts, numbers, True, False, None), the form of the 2014 metadata, as JSON.</summary>
internal static class PythonLiteral
{
    /// <summary>Whether a line is a Python dictionary rather than a JSON object: its first key is in single quotes.</summary>
    public static bool IsLiteral(string line) => line.AsSpan().TrimStart().StartsWith("{'", StringComparison.Ordinal);

    /// <summary>The same values as JSON; what is no literal is left as it is, for the JSON reader to refuse.</summary>
    public static string ToJson(string literal)
    {
        var json = new StringBuilder(literal.Length + 16);
        for (int at = 0; at < literal.Length;)
        {
            char character = literal[at];
            if (character is '\'' or '"')
                at = AppendText(literal, at, json);
            else if (char.IsAsciiLetter(character))
                at = AppendWord(literal, at, json);
            else
            {
                // JSON knows no infinity, and so no sign before what stands for it.
                if (character != '-' || at + 1 == literal.Length || !char.IsAsciiLetter(literal[at + 1]))
                    json.Append(character switch { '(' => '[', ')' => ']', _ => character });
                at++;
            }
        }

        return json.ToString();
    }

    private static int AppendWord(string literal, int at, StringBuilder json)
    {
        int end = at;
        while (end < literal.Length && char.IsAsciiLetter(literal[end]))
            end++;
        string word = literal[at..end];
        // u'text' and 1e5 are words too.
        bool isPrefix = word is "u" or "b" && end < literal.Length && literal[end] is '\'' or '"';
        json.Append(word switch { "True" => "true", "False" => "false", "None" or "NaN" or "nan" or "Infinity" or "inf" => "null", _ => isPrefix ? "" : word });
        return end;
    }

    private static int AppendText(string literal, int at, StringBuilder json)
    {
        char quote = literal[at++];
        var text = new StringBuilder();
        while (at < literal.Length && literal[at] != quote)
        {
            if (literal[at] == '\\' && at + 1 < literal.Length)
                at = AppendEscape(literal, at + 1, text);
            else
                text.Append(literal[at++]);
        }

        json.Append('"').Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text.ToString())).Append('"');
        return at + 1;
    }

    private static int AppendEscape(string literal, int at, StringBuilder text)
    {
        char kind = literal[at++];
        int digits = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && at + digits <= literal.Length && int.TryParse(literal.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int point))
        {
            text.Append(point > char.MaxValue ? char.ConvertFromUtf32(point) : ((char)point).ToString());
            return at + digits;
        }

        text.Append(kind switch { 'n' => "\n", 't' => "\t", 'r' => "\r", 'b' => "\b", 'f' => "\f", '/' => "/", '\n' => "", '\\' or '\'' or '"' => kind.ToString(), _ => "\\" + kind });
        return at;
    }
}
