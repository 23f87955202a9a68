using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace UniM2Rec.Tests.Testing;

/// <summary>
/// Changes valid headers in ways that know what headers are made of: numbers, texts, names, brackets, bytes. One seed gives one series.
/// </summary>
public sealed partial class HeaderMutations(int seed)
{
    private static readonly string[] Numbers =
    [
        "-1", "0", "1", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551616", "1e308", "1e999", "0.5", "-0", "null", "true", "\"1\"", "[]", "{}", "[[1]]",
    ];

    private static readonly string[] Texts =
    [
        "\"\"", "\"\\ud800\"", "\"\\udc00x\"", "\"a\\u0000b\"", "\"../../etc/passwd\"", "\"/\"", "\".\"", "\"F128\"", "\"9\"", "\"__metadata__\"",
        "\"\\u001b[2J\"", "\"" + new string('x', 5000) + "\"", "7", "null", "[\"a\"]", "{\"a\": 1}", "\"'\"", "\"\\\"\"",
    ];

    private static readonly string[] Tokens = [",", "}", "]", "\"", "\\", ":", " ", "\n", "null", "\"a\":1,", "()", "True"];

    private static readonly byte[][] NoText = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0], [0xEF, 0xBB, 0xBF]];

    private readonly Random _random = new(seed);

    /// <summary>How many headers a test tries: <paramref name="usual"/>, or its share of what UNIM2REC_FUZZ says.</summary>
    public static int Count(int usual, double share) =>
        Environment.GetEnvironmentVariable("UNIM2REC_FUZZ") is { Length: > 0 } text ? (int)(long.Parse(text, CultureInfo.InvariantCulture) * share) : usual;

    /// <summary>A header with one to three changes.</summary>
    public byte[] Next(byte[] header)
    {
        byte[] changed = header;
        for (int change = _random.Next(1, 4); change > 0; change--)
            changed = Change(changed);
        return changed;
    }

    /// <summary>A number below <paramref name="end"/> of the same series.</summary>
    public int Pick(int end) => _random.Next(end);

    private byte[] Change(byte[] bytes) => _random.Next(12) switch
    {
        0 or 1 => Replace(bytes, Number(), Numbers),
        2 or 3 => Replace(bytes, Quoted(), Texts),
        4 => Flip(bytes),
        5 => Cut(bytes),
        6 => Repeat(bytes),
        7 => Swap(bytes),
        8 => Insert(bytes, new string(_random.Next(2) == 0 ? '[' : '{', _random.Next(1, 300))),
        9 => Insert(bytes, Pick(Tokens)),
        10 => Insert(bytes, Pick(NoText)),
        _ => bytes[.._random.Next(bytes.Length + 1)],
    };

    // Latin-1 keeps every byte as one character, so what is no UTF-8 stays as it is.
    private byte[] Replace(byte[] bytes, Regex what, string[] by)
    {
        string text = Encoding.Latin1.GetString(bytes);
        var found = what.Matches(text);
        if (found.Count == 0)
            return Flip(bytes);
        var one = found[_random.Next(found.Count)];
        return Encoding.Latin1.GetBytes(string.Concat(text.AsSpan(0, one.Index), Pick(by), text.AsSpan(one.Index + one.Length)));
    }

    private byte[] Flip(byte[] bytes)
    {
        byte[] flipped = [.. bytes];
        if (bytes.Length > 0)
            flipped[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        return flipped;
    }

    private byte[] Cut(byte[] bytes)
    {
        var (begin, end) = Range(bytes);
        return [.. bytes[..begin], .. bytes[end..]];
    }

    private byte[] Repeat(byte[] bytes)
    {
        var (begin, end) = Range(bytes);
        return [.. bytes[..end], .. bytes[begin..]];
    }

    private byte[] Swap(byte[] bytes)
    {
        var (begin, end) = Range(bytes);
        int middle = (begin + end) / 2;
        return [.. bytes[..begin], .. bytes[middle..end], .. bytes[begin..middle], .. bytes[end..]];
    }

    private byte[] Insert(byte[] bytes, string text) => Insert(bytes, Encoding.UTF8.GetBytes(text));

    private byte[] Insert(byte[] bytes, byte[] inserted)
    {
        int at = _random.Next(bytes.Length + 1);
        return [.. bytes[..at], .. inserted, .. bytes[at..]];
    }

    private (int Begin, int End) Range(byte[] bytes)
    {
        int begin = _random.Next(bytes.Length + 1);
        return (begin, Math.Min(bytes.Length, begin + _random.Next(1, 60)));
    }

    private T Pick<T>(T[] among) => among[_random.Next(among.Length)];

    [GeneratedRegex("(?<![\"\\w])-?[0-9]+(?![\"\\w])")]
    private static partial Regex Number();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'")]
    private static partial Regex Quoted();
}
