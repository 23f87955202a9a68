using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace UniM2Rec.Extractor.Encoders.Tokenizers;

/// <summary>
/// Lower case as Python's str.lower gives it: with the two rules of Unicode's SpecialCasing.txt that hold in every language. İ becomes i and
/// a dot above, and a capital sigma at the end of a word becomes ς.
/// </summary>
internal static class LowerCase
{
    private const char CapitalSigma = '\u03A3';
    private const char DottedI = '\u0130';
    private const string DottedIText = "\u0130";
    private const string LowerDottedI = "i\u0307";

    /// <summary>Each character by itself, so that a final sigma becomes σ like any other.</summary>
    public static string OfEach(string text) => text.Replace(DottedIText, LowerDottedI, StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>A text as a whole.</summary>
    public static string Of(string word)
    {
        if (!word.AsSpan().ContainsAny(CapitalSigma, DottedI))
            return word.ToLowerInvariant();
        var result = new StringBuilder(word.Length + 1);
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == DottedI)
                result.Append(LowerDottedI);
            else if (word[i] == CapitalSigma)
                result.Append(IsCasedBeside(word, i, -1) && !IsCasedBeside(word, i, 1) ? '\u03C2' : '\u03C3');
            else
                result.Append(word[i]);
        }

        return result.ToString().ToLowerInvariant();
    }

    /// <summary>Whether the next character to one side, marks and apostrophes passed over, is a letter with case.</summary>
    private static bool IsCasedBeside(string word, int at, int step)
    {
        for (int i = at + step; i >= 0 && i < word.Length; i += step)
        {
            if (char.GetUnicodeCategory(word[i]) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter)
                return true;
            if (word[i] is not ('\'' or '\u2019' or '.' or ':' or '\u00B7' or '\u00AD') && char.GetUnicodeCategory(word[i]) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol))
                return false;
        }

        return false;
    }
}

/// <summary>
/// Takes accents off: canonical decomposition (NFD) without non-spacing marks. The programs run without ICU, where the framework's own
/// normalisation returns text as it is, so the table comes with them.
/// </summary>
internal sealed class BaseCharacterTable
{
    private const string Resource = "UniM2Rec.Extractor.Encoders.BaseCharacters.txt";
    private readonly FrozenDictionary<int, string> _bases;

    private BaseCharacterTable(FrozenDictionary<int, string> bases) => _bases = bases;

    /// <summary>Reads the table out of the assembly.</summary>
    public static BaseCharacterTable Load()
    {
        using var reader = new StreamReader(typeof(BaseCharacterTable).Assembly.GetManifestResourceStream(Resource)!);
        var bases = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            int[] points = line.Split(' ').Select(hex => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
            bases[points[0]] = string.Concat(points.Skip(1).Select(char.ConvertFromUtf32));
        }

        return new(bases.ToFrozenDictionary());
    }

    /// <summary>Appends a character without its marks.</summary>
    public void Append(Rune character, StringBuilder result)
    {
        const int hangulFirst = 0xAC00, hangulCount = 11172, finals = 28, vowels = 21;
        if (Rune.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark)
            return;
        // Hangul syllables are made of their letters by arithmetic (Unicode Standard, section 3.12).
        int syllable = character.Value - hangulFirst;
        if (syllable is >= 0 and < hangulCount)
        {
            result.Append((char)(0x1100 + syllable / (vowels * finals))).Append((char)(0x1161 + syllable / finals % vowels));
            if (syllable % finals > 0)
                result.Append((char)(0x11A7 + syllable % finals));
        }
        else if (_bases.TryGetValue(character.Value, out string? characters))
        {
            result.Append(characters);
        }
        else
        {
            result.AppendRune(character);
        }
    }
}

/// <summary>Appends characters by code point without making strings of them.</summary>
internal static class RuneAppending
{
    public static StringBuilder AppendRune(this StringBuilder text, Rune character)
    {
        Span<char> units = stackalloc char[2];
        return text.Append(units[..character.EncodeToUtf16(units)]);
    }
}
