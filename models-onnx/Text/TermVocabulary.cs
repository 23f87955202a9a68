using System.Runtime.InteropServices;
using System.Text;

namespace UniM2Rec.Models.Text;

/// <summary>The terms that an encoder knows, most frequent first.</summary>
/// <param name="Terms">words with one space between them</param>
/// <param name="DocumentFrequencies">for each term, the number of texts it occurs in</param>
internal sealed record TermVocabulary(string[] Terms, int[] DocumentFrequencies)
{
    /// <summary>Collects the terms of all texts and keeps those that are frequent enough.</summary>
    public static TermVocabulary Collect(
        IReadOnlyList<string> texts, int maxWords, int minDocumentFrequency, int maxTerms, CancellationToken cancellation)
    {
        var known = new Dictionary<ulong, Occurrence>();
        for (var text = 0; text < texts.Count; text++)
        {
            cancellation.ThrowIfCancellationRequested();
            var reader = new TermReader(texts[text], maxWords, lowercase: true);
            while (reader.Next())
            {
                ref var occurrence = ref CollectionsMarshal.GetValueRefOrAddDefault(known, reader.Hash, out var seen);
                if (!seen)
                    occurrence = new Occurrence(text, reader.Range, LastText: -1, DocumentFrequency: 0);
                if (occurrence.LastText != text)
                    occurrence = occurrence with { LastText = text, DocumentFrequency = occurrence.DocumentFrequency + 1 };
            }
        }

        // First occurrence breaks ties, so that the order never depends on a hash.
        var kept = known.Values
            .Where(o => o.DocumentFrequency >= minDocumentFrequency)
            .OrderByDescending(o => o.DocumentFrequency)
            .ThenBy(o => o.FirstText)
            .ThenBy(o => o.FirstRange.Start.Value)
            .ThenBy(o => o.FirstRange.End.Value)
            .Take(maxTerms)
            .ToArray();
        return new TermVocabulary(
            Array.ConvertAll(kept, o => Spelling(texts[o.FirstText].AsSpan(o.FirstRange))),
            Array.ConvertAll(kept, o => o.DocumentFrequency));
    }

    private static string Spelling(ReadOnlySpan<char> run)
    {
        var spelling = new StringBuilder();
        var words = new WordReader(run, lowercase: true);
        while (words.Next())
            spelling.Append(spelling.Length > 0 ? " " : "").Append(words.Word());
        return spelling.ToString();
    }

    private readonly record struct Occurrence(int FirstText, Range FirstRange, int LastText, int DocumentFrequency);
}
