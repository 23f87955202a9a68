using System.Collections.Concurrent;
using System.Text;

namespace Microsoft.ML.Tokenizers;

/// <summary>Byte-pair encoding; with <see cref="BpeOptions.ByteLevel"/> and an end-of-word suffix it is CLIP's.</summary>
public sealed class BpeTokenizer : Tokenizer
{
    private const int MaxCachedWordLength = 15, MaxCachedWords = 10_000;

    private readonly BpeVocabulary vocabulary;
    private readonly BpeMerges merges;
    private readonly ConcurrentDictionary<string, BpePiece[]> cache = new();
    private readonly Dictionary<int, string> specialTokensById;
    private readonly int? beginningId, endId;
    private int cachedWords;

    private BpeTokenizer(BpeOptions options)
    {
        vocabulary = new BpeVocabulary(options);
        SpecialTokens = options.SpecialTokens;
        specialTokensById = SpecialTokens?.ToDictionary(pair => pair.Value, pair => pair.Key) ?? [];
        BeginningOfSentenceToken = options.BeginningOfSentenceToken;
        EndOfSentenceToken = options.EndOfSentenceToken;
        beginningId = SentenceId(BeginningOfSentenceToken, "beginning");
        endId = SentenceId(EndOfSentenceToken, "end");
        merges = new BpeMerges(options.Merges, vocabulary.Ids, options.ContinuingSubwordPrefix?.Length ?? 0);
        PreTokenizer = options.PreTokenizer ?? PreTokenizer.CreateWordOrNonWord();
        Normalizer = options.Normalizer;
        UnknownToken = options.UnknownToken;
        FuseUnknownTokens = options.FuseUnknownTokens;
        ContinuingSubwordPrefix = options.ContinuingSubwordPrefix;
        EndOfWordSuffix = options.EndOfWordSuffix;
        ByteLevel = options.ByteLevel;
    }

    public override PreTokenizer? PreTokenizer { get; }

    public override Normalizer? Normalizer { get; }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    public IReadOnlyDictionary<string, int> Vocabulary => vocabulary.Ids;

    public string? UnknownToken { get; }

    public bool FuseUnknownTokens { get; }

    public string? ContinuingSubwordPrefix { get; }

    public string? EndOfWordSuffix { get; }

    public bool ByteLevel { get; }

    public string? BeginningOfSentenceToken { get; }

    internal string? EndOfSentenceToken { get; }

    public static BpeTokenizer Create(BpeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new BpeTokenizer(options);
    }

    public override string Decode(IEnumerable<int> ids) => Decode(ids, considerSpecialTokens: true);

    /// <summary>At byte level the end-of-word suffix is dropped; otherwise it becomes a space.</summary>
    public string Decode(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ByteLevel)
            return DecodeBytes(ids, considerSpecialTokens);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            if (specialTokensById.TryGetValue(id, out var special))
                text.Append(considerSpecialTokens ? special : "");
            else if (id == vocabulary.UnknownId)
                text.Append(considerSpecialTokens ? UnknownToken : "");
            else if (vocabulary.TryGetToken(id, out var token))
                text.Append(token);
        }
        var result = text.ToString();
        if (!string.IsNullOrEmpty(EndOfWordSuffix))
        {
            if (result.EndsWith(EndOfWordSuffix, StringComparison.Ordinal))
                result = result[..^EndOfWordSuffix.Length];
            result = result.Replace(EndOfWordSuffix, " ", StringComparison.Ordinal);
        }
        return string.IsNullOrEmpty(ContinuingSubwordPrefix) ? result : result.Replace(ContinuingSubwordPrefix, "", StringComparison.Ordinal);
    }

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        if (string.IsNullOrEmpty(text) && textSpan.IsEmpty)
            return new EncodeResults<EncodedToken> { Tokens = [] };
        var source = Prepare(text, textSpan, settings, out var normalized, out var words);
        List<EncodedToken> tokens = [];
        if (beginningId is { } beginning)
            tokens.Add(new EncodedToken(beginning, BeginningOfSentenceToken!, new Range(0, 0)));
        foreach (var (offset, length) in words ?? [(0, source.Length)])
            AddTokens(source.Slice(offset, length), offset, tokens);
        if (endId is { } end)
            tokens.Add(new EncodedToken(end, EndOfSentenceToken!, new Range(source.Length, source.Length)));
        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = source.Length };
    }

    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        RequirePositive(settings.MaxTokenCount);
        if (string.IsNullOrEmpty(text) && textSpan.IsEmpty)
            return new EncodeResults<int> { Tokens = [] };
        var source = Prepare(text, textSpan, settings, out var normalized, out var words);
        List<int> ids = [];
        if (beginningId is { } beginning)
            ids.Add(beginning);
        var charsConsumed = 0;
        // Without word cutting the package counts from the whole budget, whatever stands before the text.
        var budget = words is null ? settings.MaxTokenCount + ids.Count : settings.MaxTokenCount;
        foreach (var (offset, length) in words ?? [(0, source.Length)])
        {
            var taken = AddIds(source.Slice(offset, length), ids, budget - ids.Count);
            charsConsumed = offset + taken;
            if (taken < length || ids.Count >= settings.MaxTokenCount)
                break;
        }
        if (endId is { } end && ids.Count < settings.MaxTokenCount)
            ids.Add(end);
        return new EncodeResults<int> { Tokens = ids, NormalizedText = normalized, CharsConsumed = charsConsumed };
    }

    private void AddTokens(ReadOnlySpan<char> word, int offset, List<EncodedToken> tokens)
    {
        if (TryGetSpecial(word, out var special))
        {
            tokens.Add(new EncodedToken(special, word.ToString(), new Range(offset, offset + word.Length)));
            return;
        }
        var start = 0;
        foreach (var piece in Split(word, out var owners))
        {
            var end = start + piece.Length;
            var (first, last) = owners is null ? (start, end - 1) : (owners[start], owners[end - 1]);
            tokens.Add(new EncodedToken(piece.Id, vocabulary.GetToken(piece.Id), new Range(offset + first, offset + last + 1)));
            start = end;
        }
    }

    /// <summary>Adds a word's ids, at most <paramref name="budget"/> of them; gives the characters that they cover.</summary>
    private int AddIds(ReadOnlySpan<char> word, List<int> ids, int budget)
    {
        if (budget > 0 && TryGetSpecial(word, out var special))
        {
            ids.Add(special);
            return word.Length;
        }
        var pieces = Split(word, out var owners);
        var covered = 0;
        foreach (var piece in pieces.AsSpan(0, Math.Min(Math.Max(budget, 0), pieces.Length)))
        {
            ids.Add(piece.Id);
            covered += piece.Length;
        }
        if (pieces.Length <= budget)
            return word.Length;
        return owners is null ? covered : owners[covered];
    }

    /// <summary>A word's tokens; at byte level their lengths count bytes, and the owners lead back to the word's characters.</summary>
    private BpePiece[] Split(ReadOnlySpan<char> word, out int[]? owners)
    {
        owners = null;
        var text = ByteLevel ? ByteAlphabet.Encode(word, out owners) : word.ToString();
        if (cache.TryGetValue(text, out var known))
            return known;
        var pieces = vocabulary.Characters(text);
        merges.Apply(pieces);
        BpePiece[] result = [.. pieces];
        if (text.Length <= MaxCachedWordLength && Volatile.Read(ref cachedWords) < MaxCachedWords && cache.TryAdd(text, result))
            Interlocked.Increment(ref cachedWords);
        return result;
    }

    private string DecodeBytes(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        List<byte> bytes = [];
        foreach (var id in ids)
        {
            if (specialTokensById.TryGetValue(id, out var special))
                ByteAlphabet.Decode(considerSpecialTokens ? special : "", bytes);
            else if (vocabulary.TryGetToken(id, out var token))
                ByteAlphabet.Decode(WithoutMarks(token), bytes);
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private ReadOnlySpan<char> WithoutMarks(string? token)
    {
        var rest = token.AsSpan();
        if (EndOfWordSuffix is not null && rest.EndsWith(EndOfWordSuffix))
            rest = rest[..^EndOfWordSuffix.Length];
        return ContinuingSubwordPrefix is not null && rest.StartsWith(ContinuingSubwordPrefix) ? rest[ContinuingSubwordPrefix.Length..] : rest;
    }

    private bool TryGetSpecial(ReadOnlySpan<char> word, out int id)
    {
        id = 0;
        foreach (var (special, token) in specialTokensById)
        {
            if (word.SequenceEqual(token))
            {
                id = special;
                return true;
            }
        }
        return false;
    }

    private int? SentenceId(string? token, string place)
    {
        if (token is null)
            return null;
        var id = 0;
        if (!vocabulary.Ids.TryGetValue(token, out id) && SpecialTokens is not null && !SpecialTokens.TryGetValue(token, out id))
            throw new InvalidOperationException($"The {place} of sentence token '{token}' was not present in the vocabulary.");
        return id;
    }
}
