using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>
/// Text to the distinct words and word runs it holds, with how often each occurs. With a vocabulary a term's id is its line number there
/// and unknown terms are passed over, unless the text has no others; without one the id is the term's 56-bit hash. Safe to use from several threads.
/// </summary>
public sealed class NgramTokenizer
{
    /// <summary>Ids without a vocabulary lie in [0, 2^HashBits).</summary>
    public const int HashBits = 56;

    private readonly TermTable? _terms;
    private readonly int _maxWords;
    private readonly bool _lowercase;
    private readonly int _firstUnknown;
    private readonly int _unknownIds;

    private NgramTokenizer(TermTable? terms, int maxWords, bool lowercase, int maxLength, (int First, int Count) unknown = default)
    {
        (_firstUnknown, _unknownIds) = unknown;
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWords, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxWords, TermReader.LongestRun);
        _terms = terms;
        _maxWords = maxWords;
        _lowercase = lowercase;
        MaxLength = maxLength;
    }

    /// <summary>The most distinct terms a text is given; later ones are cut.</summary>
    public int MaxLength { get; }

    /// <summary>Without a vocabulary: ids are hashes.</summary>
    public static NgramTokenizer Hashed(int maxWords = 2, int maxLength = 128, bool lowercase = true) => new(null, maxWords, lowercase, maxLength);

    /// <summary>With a vocabulary: a term is words with one space between them, its id is its position.</summary>
    /// <param name="terms">the vocabulary</param>
    /// <param name="maxWords">words of a term at most</param>
    /// <param name="maxLength">distinct terms of a text at most</param>
    /// <param name="lowercase">whether case is ignored</param>
    /// <param name="unknownIds">ids after the vocabulary's that the words of a text share which holds no term of it; 0: it has no ids</param>
    public static NgramTokenizer WithVocabulary(IEnumerable<string> terms, int maxWords = 2, int maxLength = 128, bool lowercase = true, int unknownIds = 0)
    {
        ulong[] hashes = [.. terms.Select(term => HashOf(term, lowercase))];
        return new(new TermTable(hashes), maxWords, lowercase, maxLength, (hashes.Length, unknownIds));
    }

    /// <summary>As an encoder's description says.</summary>
    /// <exception cref="UserErrorException">The encoder's tokenizer is of another type, or the vocabulary can't be read.</exception>
    public static NgramTokenizer Load(EncoderFolder encoder)
    {
        var spec = encoder.Config.Tokenizer;
        if (spec?.Type == TokenizerType.HashedNgrams)
            return Hashed(spec.MaxWords, spec.MaxLength, spec.Lowercase);
        if (spec?.Type != TokenizerType.Ngrams || encoder.VocabularyPath is null)
            throw new UserErrorException($"{encoder.ConfigPath}: tokenizer.type is not an n-gram type; ngrams or hashed-ngrams is needed.");
        return WithVocabulary(File.ReadLines(encoder.VocabularyPath), spec.MaxWords, spec.MaxLength, spec.Lowercase, spec.UnknownIds);
    }

    /// <summary>
    /// Writes the distinct terms of a text in order of first occurrence and returns how many there are: at most <see cref="MaxLength"/> and
    /// at most the spans' length. Allocates nothing.
    /// </summary>
    /// <param name="text">any text, empty included</param>
    /// <param name="ids">receives an id a term</param>
    /// <param name="weights">receives how often each term occurs</param>
    public int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights)
    {
        int room = Math.Min(MaxLength, Math.Min(ids.Length, weights.Length));
        int count = 0;
        var reader = new TermReader(text, _maxWords, _lowercase);
        while (reader.Next())
            count = Add(reader.Hash, ids[..room], weights, count);
        return count > 0 || _unknownIds == 0 ? count : EncodeUnknown(text, ids[..room], weights);
    }

    /// <summary>The words of a text without a known term; its characters where it has no words, such as a title of symbols alone.</summary>
    private int EncodeUnknown(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights)
    {
        int count = 0;
        var words = new WordReader(text, _lowercase);
        while (words.Next())
            count = AddId(Unknown(words.Hash), ids, weights, count);
        if (count > 0)
            return count;
        foreach (char symbol in text)
        {
            if (!char.IsWhiteSpace(symbol) && !char.IsControl(symbol))
                count = AddId(Unknown(TermHash.Finish(TermHash.Add(TermHash.Start, symbol))), ids, weights, count);
        }
        return count;
    }

    private long Unknown(ulong hash) => _firstUnknown + (long)(hash % (ulong)_unknownIds);

    /// <summary>The hash of a term given as words with one space between them.</summary>
    private static ulong HashOf(ReadOnlySpan<char> term, bool lowercase)
    {
        var reader = new WordReader(term, lowercase);
        ulong run = 0;
        for (int words = 0; reader.Next(); words++)
            run = words == 0 ? reader.Hash : TermHash.Join(run, reader.Hash);
        return run;
    }

    private int Add(ulong hash, Span<long> ids, Span<float> weights, int count)
    {
        long id = _terms is null ? (long)(hash & ((1UL << HashBits) - 1)) : _terms.Find(hash);
        return id < 0 ? count : AddId(id, ids, weights, count);
    }

    private static int AddId(long id, Span<long> ids, Span<float> weights, int count)
    {
        int known = ids[..count].IndexOf(id);
        if (known >= 0)
        {
            weights[known]++;
            return count;
        }

        if (count == ids.Length)
            return count;
        ids[count] = id;
        weights[count] = 1;
        return count + 1;
    }
}
