using System.Runtime.InteropServices;
using System.Text;

namespace UniM2Rec.Models.BuiltIn;

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
        for (int text = 0; text < texts.Count; text++)
        {
            cancellation.ThrowIfCancellationRequested();
            var reader = new TermReader(texts[text], maxWords, lowercase: true);
            while (reader.Next())
            {
                ref var occurrence = ref CollectionsMarshal.GetValueRefOrAddDefault(known, reader.Hash, out bool seen);
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

/// <summary>Ids of terms by their 64-bit hash: open addressing over two arrays, read by any number of threads.</summary>
internal sealed class TermTable
{
    private readonly ulong[] _hashes;
    private readonly int[] _ids;   // id + 1; 0 = free
    private readonly int _mask;

    /// <summary>Ids are the positions in the list; of two terms with one hash the first keeps it.</summary>
    public TermTable(IReadOnlyList<ulong> hashes)
    {
        int capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, hashes.Count * 2));
        _mask = capacity - 1;
        _hashes = new ulong[capacity];
        _ids = new int[capacity];
        for (int id = 0; id < hashes.Count; id++)
        {
            int slot = Slot(hashes[id]);
            if (_ids[slot] != 0)
                continue;
            _hashes[slot] = hashes[id];
            _ids[slot] = id + 1;
        }
    }

    /// <summary>The id, or −1 where the term is not known.</summary>
    public int Find(ulong hash) => _ids[Slot(hash)] - 1;

    private int Slot(ulong hash)
    {
        int slot = (int)hash & _mask;
        while (_ids[slot] != 0 && _hashes[slot] != hash)
            slot = (slot + 1) & _mask;
        return slot;
    }
}
