using System.Globalization;
using System.Text;

namespace UniM2Rec.Extractor.Encoders;

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
        for (var i = 0; i < word.Length; i++)
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
        for (var i = at + step; i >= 0 && i < word.Length; i += step)
        {
            if (char.GetUnicodeCategory(word[i]) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter)
                return true;
            if (word[i] is not ('\'' or '\u2019' or '.' or ':' or '\u00B7' or '\u00AD') && char.GetUnicodeCategory(word[i]) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol))
                return false;
        }

        return false;
    }
}
