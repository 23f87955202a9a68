using System.Text;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Appends characters by code point without making strings of them.</summary>
internal static class RuneAppending
{
    public static StringBuilder AppendRune(this StringBuilder text, Rune character)
    {
        Span<char> units = stackalloc char[2];
        return text.Append(units[..character.EncodeToUtf16(units)]);
    }
}
