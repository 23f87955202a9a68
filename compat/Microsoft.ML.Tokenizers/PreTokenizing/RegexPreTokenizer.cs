using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>The words are a regular expression's matches, and every special token where it occurs.</summary>
public sealed class RegexPreTokenizer : PreTokenizer
{
    private readonly Regex words;
    private readonly Regex? special;

    public RegexPreTokenizer(Regex regex, IReadOnlyDictionary<string, int>? specialTokens)
    {
        ArgumentNullException.ThrowIfNull(regex);
        words = regex;
        if (specialTokens is { Count: > 0 })
            special = new Regex(string.Join('|', specialTokens.Keys.Select(Regex.Escape)), RegexOptions.Compiled);
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        if (string.IsNullOrEmpty(text))
            yield break;
        var position = 0;
        while (position < text.Length)
        {
            var specialMatch = special is null ? null : FirstMatch(special, text, position, text.Length);
            var end = specialMatch?.Offset ?? text.Length;
            while (FirstMatch(words, text, position, end) is { } word)
            {
                yield return word;
                position = word.Offset + word.Length;
            }
            if (specialMatch is null)
                yield break;
            yield return specialMatch.Value;
            position = specialMatch.Value.Offset + specialMatch.Value.Length;
        }
    }

    // The expression sees only what is left, so that anchors and look-behinds start afresh after every word.
    private static (int Offset, int Length)? FirstMatch(Regex regex, string text, int start, int end)
    {
        foreach (var match in regex.EnumerateMatches(text.AsSpan(start, end - start)))
            return (start + match.Index, match.Length);
        return null;
    }
}
