using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// The printable characters that byte-level vocabularies are written in: a byte that is a printable Latin-1 character stands for itself,
/// the other 68, in order, for U+0100 and on (GPT-2's encoder.py).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly Dictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToDictionary(b => Characters[b], b => (byte)b);

    /// <summary>Writes a text's bytes as characters; the owners are the indices of the UTF-16 characters that they come from.</summary>
    internal static string Encode(ReadOnlySpan<char> text, out int[] owners)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var characters = new char[bytes.Length];
        owners = new int[bytes.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var start = i;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            var written = EncodeScalar(text[start..(i + 1)], bytes);
            for (var j = 0; j < written; j++, count++)
                (characters[count], owners[count]) = (Characters[bytes[j]], start);
        }
        return new string(characters, 0, count);
    }

    /// <summary>Adds the bytes of a token; a character outside the alphabet gives its own UTF-8 bytes.</summary>
    internal static void Decode(ReadOnlySpan<char> token, List<byte> bytes)
    {
        foreach (var rune in token.EnumerateRunes())
        {
            if (rune.IsBmp && Bytes.TryGetValue((char)rune.Value, out var b))
                bytes.Add(b);
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }
    }

    // A lone surrogate is written as the three bytes of its own number, as the package does.
    private static int EncodeScalar(ReadOnlySpan<char> scalar, Span<byte> bytes)
    {
        if (scalar.Length == 2 || !char.IsSurrogate(scalar[0]))
            return Encoding.UTF8.GetBytes(scalar, bytes);
        var value = scalar[0];
        (bytes[0], bytes[1], bytes[2]) = ((byte)(0xE0 | (value >> 12)), (byte)(0x80 | ((value >> 6) & 0x3F)), (byte)(0x80 | (value & 0x3F)));
        return 3;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = (char)256;
        for (var b = 0; b < 256; b++)
            characters[b] = b is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ') ? (char)b : next++;
        return characters;
    }
}
