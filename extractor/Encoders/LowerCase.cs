using System.Text;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>
/// Lower case with the two rules of Unicode's SpecialCasing.txt that hold in every language: İ becomes i and a dot above, and a capital
/// sigma at the end of a word becomes ς.
/// </summary>
internal static class LowerCase
{
    private const char CapitalSigma = '\u03A3';
    private const char DottedI = '\u0130';

    public static string Of(string word)
    {
        if (!word.AsSpan().ContainsAny(CapitalSigma, DottedI))
            return word.ToLowerInvariant();
        var result = new StringBuilder(word.Length + 1);
        for (var i = 0; i < word.Length; i++)
        {
            if (word[i] == DottedI)
                result.Append("i\u0307");
            else if (word[i] == CapitalSigma)
                result.Append(IsLetterBeside(word, i, -1) && !IsLetterBeside(word, i, 1) ? '\u03C2' : '\u03C3');
            else
                result.Append(word[i]);
        }

        return result.ToString().ToLowerInvariant();
    }

    /// <summary>Whether the next character to one side, marks and apostrophes passed over, is a letter.</summary>
    private static bool IsLetterBeside(string word, int at, int step)
    {
        for (var i = at + step; i >= 0 && i < word.Length; i += step)
        {
            if (char.IsLetter(word[i]))
                return true;
            if (word[i] is not ('\'' or '\u2019' or '.' or ':' or '\u00B7' or '\u00AD') && char.GetUnicodeCategory(word[i]) is not (System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.EnclosingMark))
                return false;
        }

        return false;
    }
}
