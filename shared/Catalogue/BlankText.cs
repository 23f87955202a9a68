using System.Buffers;
using System.Globalization;
using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>Text that shows nothing: blanks of any kind, control characters, zero-width and other format characters. It counts as no text.</summary>
public static class BlankText
{
    /// <summary>Whether nothing of a text can be seen; an empty one shows nothing.</summary>
    public static bool Is(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var character, out int length) != OperationStatus.Done || !ShowsNothing(character))
                return false;
            utf8 = utf8[length..];
        }

        return true;
    }

    /// <inheritdoc cref="Is(ReadOnlySpan{byte})"/>
    public static bool Is(string text) => text.EnumerateRunes().All(ShowsNothing);

    private static bool ShowsNothing(Rune character) =>
        Rune.IsWhiteSpace(character) || Rune.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
        // Letters by category that have no shape of their own: the fillers of Hangul, and Braille without a dot.
        || character.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800;
}
