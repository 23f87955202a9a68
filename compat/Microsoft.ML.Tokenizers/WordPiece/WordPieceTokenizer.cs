using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>Greedy longest-match-first sub-words, as BERT uses them.</summary>
public class WordPieceTokenizer : Tokenizer
{
    private readonly WordPieceVocabulary vocabulary;
    private readonly HashSet<int> specialIds;

    internal WordPieceTokenizer(WordPieceVocabulary vocabulary, WordPieceOptions? options)
    {
        this.vocabulary = vocabulary;
        options ??= new WordPieceOptions();
        UnknownToken = options.UnknownToken ?? throw new ArgumentNullException(nameof(options.UnknownToken));
        ContinuingSubwordPrefix = options.ContinuingSubwordPrefix ?? throw new ArgumentNullException(nameof(options.ContinuingSubwordPrefix));
        if (options.MaxInputCharsPerWord <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options.MaxInputCharsPerWord), "The maximum number of characters per word must be greater than zero.");
        }
        if (!vocabulary.TryGetId(UnknownToken, out var unknownId))
            throw new ArgumentException($"The unknown token '{UnknownToken}' is not in the vocabulary.");
        UnknownTokenId = unknownId;
        MaxInputCharsPerWord = options.MaxInputCharsPerWord;
        SpecialTokens = options.SpecialTokens;
        specialIds = SpecialTokens?.Values.ToHashSet() ?? [];
        PreTokenizer = options.PreTokenizer ?? PreTokenizer.CreateWhiteSpace(options.SpecialTokens);
        Normalizer = options.Normalizer;
    }

    public override PreTokenizer? PreTokenizer { get; }

    public override Normalizer? Normalizer { get; }

    public string UnknownToken { get; }

    public int UnknownTokenId { get; }

    public string ContinuingSubwordPrefix { get; }

    public int MaxInputCharsPerWord { get; }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    public static WordPieceTokenizer Create(string vocabFilePath, WordPieceOptions? options = null)
        => new(WordPieceVocabulary.Read(vocabFilePath), options);

    /// <summary>Reads the vocabulary from a stream, which stays open.</summary>
    public static WordPieceTokenizer Create(Stream vocabStream, WordPieceOptions? options = null)
        => new(WordPieceVocabulary.Read(vocabStream), options);

    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: false);

    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        var text = new StringBuilder();
        var first = true;
        foreach (var id in ids)
        {
            if (skipSpecialTokens && specialIds.Contains(id))
                continue;
            if (vocabulary.TryGetToken(id, out var token))
            {
                if (token!.StartsWith(ContinuingSubwordPrefix, StringComparison.Ordinal))
                    text.Append(token.AsSpan(ContinuingSubwordPrefix.Length));
                else
                    text.Append(first || token[0] is '.' or ',' or '!' or '?' or '\'' ? "" : " ").Append(token);
            }
            first = false;
        }
        return text.ToString();
    }

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        if (string.IsNullOrEmpty(text) && textSpan.IsEmpty)
            return new EncodeResults<EncodedToken> { Tokens = [] };
        var source = Prepare(text, textSpan, settings, out var normalized, out var words);
        List<EncodedToken> tokens = [];
        foreach (var (offset, length) in words ?? [(0, source.Length)])
            AddTokens(source.Slice(offset, length), offset, tokens);
        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = source.Length };
    }

    /// <summary>Words are taken while they fit: one that needs more tokens than are left ends the encoding as a whole.</summary>
    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        RequirePositive(settings.MaxTokenCount);
        if (string.IsNullOrEmpty(text) && textSpan.IsEmpty)
            return new EncodeResults<int> { Tokens = [] };
        var source = Prepare(text, textSpan, settings, out var normalized, out var words);
        List<int> ids = [];
        var charsConsumed = 0;
        if (words is null)
        {
            charsConsumed = AddIds(source, ids, int.MaxValue);
        }
        else
        {
            foreach (var (offset, length) in words)
            {
                var taken = AddIds(source.Slice(offset, length), ids, settings.MaxTokenCount - ids.Count);
                if (taken < length || ids.Count >= settings.MaxTokenCount)
                    break;
                charsConsumed = offset + length;
            }
        }
        return new EncodeResults<int> { Tokens = ids, NormalizedText = normalized, CharsConsumed = charsConsumed };
    }

    private void AddTokens(ReadOnlySpan<char> word, int offset, List<EncodedToken> tokens)
    {
        List<int> ids = [], ends = [];
        if (!TrySplit(word, ids, ends))
        {
            tokens.Add(new EncodedToken(UnknownTokenId, UnknownToken, new Range(offset, offset + word.Length)));
            return;
        }
        for (var i = 0; i < ids.Count; i++)
        {
            var range = new Range(offset + (i == 0 ? 0 : ends[i - 1]), offset + ends[i]);
            tokens.Add(new EncodedToken(ids[i], vocabulary.GetToken(ids[i]), range));
        }
    }

    /// <summary>Adds a word's ids, or nothing where they exceed <paramref name="budget"/>; gives the characters taken.</summary>
    private int AddIds(ReadOnlySpan<char> word, List<int> ids, int budget)
    {
        if (word.IsEmpty)
            return 0;
        var before = ids.Count;
        var known = TrySplit(word, ids, ends: null);
        var exceeds = ids.Count - before > budget;
        if (known && !exceeds)
            return word.Length;
        ids.RemoveRange(before, ids.Count - before);
        if (exceeds)
            return 0;
        ids.Add(UnknownTokenId);
        return word.Length;
    }

    /// <summary>Adds the ids of a word's longest pieces from the left; false where a rest has no piece or the word is too long.</summary>
    private bool TrySplit(ReadOnlySpan<char> word, List<int> ids, List<int>? ends)
    {
        if (word.Length > MaxInputCharsPerWord)
            return false;
        const int MaxOnStack = 256;
        var needed = MaxInputCharsPerWord + ContinuingSubwordPrefix.Length;
        var piece = needed <= MaxOnStack ? stackalloc char[MaxOnStack] : new char[needed];
        ContinuingSubwordPrefix.CopyTo(piece);
        var start = 0;
        while (start < word.Length)
        {
            // Only what follows the first piece carries the prefix.
            var rest = word[start..];
            var prefix = start == 0 ? 0 : ContinuingSubwordPrefix.Length;
            rest.CopyTo(piece[ContinuingSubwordPrefix.Length..]);
            var candidate = start == 0 ? rest : piece[..(prefix + rest.Length)];
            var length = rest.Length;
            int id;
            while (!vocabulary.TryGetId(candidate[..(prefix + length)], out id))
            {
                if (--length == 0)
                    return false;
            }
            start += length;
            ids.Add(id);
            ends?.Add(start);
        }
        return true;
    }
}
