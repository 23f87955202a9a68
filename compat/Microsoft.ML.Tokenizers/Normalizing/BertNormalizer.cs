using System.Globalization;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// What <see cref="BertTokenizer"/> does to text: control characters go (tabs and line ends among them), spaces become U+0020, upper case
/// becomes lower, ideographs get spaces around them, and, if asked, non-spacing marks go.
/// </summary>
internal sealed class BertNormalizer(bool lowerCase, bool individuallyTokenizeCjk, bool removeNonSpacingMarks) : Normalizer
{
    private static readonly (int First, int Last)[] Ideographs =
    [
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
        (0x2B820, 0x2CEAF), (0x2F800, 0x2FA1F),
    ];

    public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());

    public override string Normalize(string original)
    {
        if (string.IsNullOrEmpty(original))
            return "";
        var text = removeNonSpacingMarks ? original.Normalize(NormalizationForm.FormD) : original;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var start = i;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            Append(text.AsSpan(start, i + 1 - start), CharUnicodeInfo.GetUnicodeCategory(text, start), result);
        }
        return result.Length == 0 ? "" : result.ToString().Normalize(NormalizationForm.FormC);
    }

    private void Append(ReadOnlySpan<char> character, UnicodeCategory category, StringBuilder result)
    {
        if (character[0] is '\0' or '\uFFFD' || category == UnicodeCategory.Control)
            return;
        if (category == UnicodeCategory.SpaceSeparator)
            result.Append(' ');
        else if (removeNonSpacingMarks && category == UnicodeCategory.NonSpacingMark)
            return;
        else if (lowerCase && category == UnicodeCategory.UppercaseLetter)
            result.Append(character.ToString().ToLowerInvariant());
        else if (individuallyTokenizeCjk && IsIdeograph(character))
            result.Append(' ').Append(character).Append(' ');
        else
            result.Append(character);
    }

    private static bool IsIdeograph(ReadOnlySpan<char> character)
    {
        var codePoint = character.Length == 2 ? char.ConvertToUtf32(character[0], character[1]) : character[0];
        if (codePoint <= Ideographs[0].First)
            return false;
        foreach (var (first, last) in Ideographs)
        {
            if (codePoint >= first && codePoint <= last)
                return true;
        }
        return false;
    }
}
