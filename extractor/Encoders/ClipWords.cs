using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>
/// Cuts text into CLIP's words, as the pattern of openai/CLIP's simple_tokenizer.py does: a special token, an English contraction's end,
/// letters, one digit, or a run of anything else but white space. By code points, where a regular expression of the framework sees halves of
/// those above U+FFFF.
/// </summary>
internal sealed class ClipWords(IReadOnlyCollection<string> specialTokens) : PreTokenizer
{
    private static readonly string[] Contractions = ["'s", "'\u017F", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var length = WordAt(text, at, out var kind);
            if (kind != Kind.Space)
                yield return (at, length);
            at += length;
        }
    }

    private int WordAt(string text, int at, out Kind kind)
    {
        kind = Kind.Other;
        foreach (var known in specialTokens.Concat(Contractions))
        {
            if (string.Compare(text, at, known, 0, known.Length, StringComparison.OrdinalIgnoreCase) == 0)
                return known.Length;
        }

        kind = KindAt(text, at, out var length);
        if (kind == Kind.Number)
            return length;
        var end = at + length;
        while (end < text.Length && KindAt(text, end, out length) == kind)
            end += length;
        return end - at;
    }

    private static Kind KindAt(string text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out var character, out length);
        if (Rune.IsWhiteSpace(character))
            return Kind.Space;
        return Rune.GetUnicodeCategory(character) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
