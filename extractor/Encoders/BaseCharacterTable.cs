using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace UniM2Rec.Extractor.Encoders;

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
            var points = line.Split(' ').Select(hex => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
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
        var syllable = character.Value - hangulFirst;
        if (syllable is >= 0 and < hangulCount)
        {
            result.Append((char)(0x1100 + syllable / (vowels * finals))).Append((char)(0x1161 + syllable / finals % vowels));
            if (syllable % finals > 0)
                result.Append((char)(0x11A7 + syllable % finals));
        }
        else if (_bases.TryGetValue(character.Value, out var characters))
        {
            result.Append(characters);
        }
        else
        {
            result.AppendRune(character);
        }
    }
}
