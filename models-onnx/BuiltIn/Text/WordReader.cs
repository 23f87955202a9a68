using System.Text;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>
/// Reads the words of a text, one after the other, without copying. A word is a run of letters, digits and marks; an apostrophe inside a
/// word is passed over ("don't" reads as "dont"); every ideograph, kana or other letter of a script without spaces is a word of its own.
/// </summary>
public ref struct WordReader
{
    private readonly ReadOnlySpan<char> _text;
    private readonly bool _lowercase;
    private int _position;

    /// <summary>Starts before the first word.</summary>
    public WordReader(ReadOnlySpan<char> text, bool lowercase)
    {
        _text = text;
        _lowercase = lowercase;
    }

    /// <summary>Hash of the word last read (<see cref="TermHash"/>).</summary>
    public ulong Hash { get; private set; }

    /// <summary>Where the word last read stands in the text.</summary>
    public Range Range { get; private set; }

    /// <summary>Goes to the next word; false at the end.</summary>
    public bool Next()
    {
        var text = _text;
        int position = _position;
        while (position < text.Length && Kind(text, position, out _) == CharacterKind.Gap)
            position++;
        if (position >= text.Length)
        {
            _position = position;
            return false;
        }

        int start = position;
        ulong state = TermHash.Start;
        while (position < text.Length)
        {
            var kind = Kind(text, position, out int units);
            if (kind == CharacterKind.Ideograph && position > start)
                break;
            if (kind == CharacterKind.Gap)
            {
                if (!IsInnerApostrophe(text, position))
                    break;
                position++;
                continue;
            }

            for (int i = 0; i < units; i++)
                state = TermHash.Add(state, _lowercase ? char.ToLowerInvariant(text[position + i]) : text[position + i]);
            position += units;
            if (kind == CharacterKind.Ideograph)
                break;
        }

        Hash = TermHash.Finish(state);
        Range = start..position;
        _position = position;
        return true;
    }

    /// <summary>The word last read as text, lower-cased and without apostrophes, as <see cref="Hash"/> sees it.</summary>
    public readonly string Word()
    {
        var word = new StringBuilder();
        foreach (char letter in _text[Range])
        {
            if (letter is not ('\'' or '\u2019'))
                word.Append(_lowercase ? char.ToLowerInvariant(letter) : letter);
        }

        return word.ToString();
    }

    private enum CharacterKind
    {
        Gap,
        Letter,
        Ideograph,
    }

    private static CharacterKind Kind(ReadOnlySpan<char> text, int position, out int units)
    {
        char c = text[position];
        units = 1;
        if (c < 128)
            return char.IsAsciiLetterOrDigit(c) ? CharacterKind.Letter : CharacterKind.Gap;
        if (char.IsHighSurrogate(c) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]))
        {
            units = 2;
            var rune = new Rune(c, text[position + 1]);
            if (rune.Value is >= 0x20000 and <= 0x3FFFF)
                return CharacterKind.Ideograph;
            return Rune.IsLetterOrDigit(rune) ? CharacterKind.Letter : CharacterKind.Gap;
        }

        if (c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\u0E00' and <= '\u0EFF'))
            return CharacterKind.Ideograph;
        return char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
            ? CharacterKind.Letter
            : CharacterKind.Gap;
    }

    private static bool IsInnerApostrophe(ReadOnlySpan<char> text, int position) =>
        text[position] is '\'' or '\u2019'
        && position + 1 < text.Length
        && Kind(text, position + 1, out _) == CharacterKind.Letter;
}
