using System.Buffers;

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// WordPiece with BERT's normalisation, word cutting and special tokens, as the package does them. (Its word cutting is not the original
/// BERT's: symbols, tabs and line ends are dropped, and an underscore belongs to its word.)
/// </summary>
public sealed class BertTokenizer : WordPieceTokenizer
{
    private BertTokenizer(WordPieceVocabulary vocabulary, BertOptions options)
        : base(vocabulary, options)
    {
        LowerCaseBeforeTokenization = options.LowerCaseBeforeTokenization;
        ApplyBasicTokenization = options.ApplyBasicTokenization;
        SplitOnSpecialTokens = options.SplitOnSpecialTokens;
        SeparatorToken = options.SeparatorToken;
        SeparatorTokenId = vocabulary.GetId(options.SeparatorToken);
        PaddingToken = options.PaddingToken;
        PaddingTokenId = vocabulary.GetId(options.PaddingToken);
        ClassificationToken = options.ClassificationToken;
        ClassificationTokenId = vocabulary.GetId(options.ClassificationToken);
        MaskingToken = options.MaskingToken;
        MaskingTokenId = vocabulary.GetId(options.MaskingToken);
        IndividuallyTokenizeCjk = options.IndividuallyTokenizeCjk;
        RemoveNonSpacingMarks = options.RemoveNonSpacingMarks;
    }

    public bool LowerCaseBeforeTokenization { get; }

    public bool ApplyBasicTokenization { get; }

    public bool SplitOnSpecialTokens { get; }

    public string SeparatorToken { get; }

    public int SeparatorTokenId { get; }

    public string PaddingToken { get; }

    public int PaddingTokenId { get; }

    public string ClassificationToken { get; }

    public int ClassificationTokenId { get; }

    public string MaskingToken { get; }

    public int MaskingTokenId { get; }

    public bool IndividuallyTokenizeCjk { get; }

    public bool RemoveNonSpacingMarks { get; }

    public static BertTokenizer Create(string vocabFilePath, BertOptions? options = null)
        => Create(WordPieceVocabulary.Read(vocabFilePath), options ?? new BertOptions());

    /// <summary>Reads the vocabulary from a stream, which stays open.</summary>
    public static BertTokenizer Create(Stream vocabStream, BertOptions? options = null)
        => Create(WordPieceVocabulary.Read(vocabStream), options ?? new BertOptions());

    public new IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true)
        => EncodeToIds(text, addSpecialTokens: true, considerPreTokenization, considerNormalization);

    public new IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true)
        => EncodeToIds(text, addSpecialTokens: true, considerPreTokenization, considerNormalization);

    public IReadOnlyList<int> EncodeToIds(
        string text, bool addSpecialTokens, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var ids = base.EncodeToIds(text, considerPreTokenization, considerNormalization);
        return addSpecialTokens ? BuildInputsWithSpecialTokens(ids) : ids;
    }

    public IReadOnlyList<int> EncodeToIds(
        ReadOnlySpan<char> text, bool addSpecialTokens, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        var ids = base.EncodeToIds(text, considerPreTokenization, considerNormalization);
        return addSpecialTokens ? BuildInputsWithSpecialTokens(ids) : ids;
    }

    public new IReadOnlyList<int> EncodeToIds(
        string text, int maxTokenCount, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
        => EncodeToIds(text, maxTokenCount, true, out normalizedText, out charsConsumed, considerPreTokenization, considerNormalization);

    /// <summary>Encodes at most <paramref name="maxTokenCount"/> tokens, the special ones counted; fewer than two leave no room for any.</summary>
    public IReadOnlyList<int> EncodeToIds(
        string text, int maxTokenCount, bool addSpecialTokens, out string? normalizedText, out int charsConsumed,
        bool considerPreTokenization = true, bool considerNormalization = true)
    {
        if (addSpecialTokens && maxTokenCount < 2)
        {
            (normalizedText, charsConsumed) = (null, 0);
            return [];
        }
        var room = addSpecialTokens ? maxTokenCount - 2 : maxTokenCount;
        var ids = base.EncodeToIds(text, room, out normalizedText, out charsConsumed, considerPreTokenization, considerNormalization);
        return addSpecialTokens ? BuildInputsWithSpecialTokens(ids) : ids;
    }

    /// <summary>[CLS] first [SEP], or [CLS] first [SEP] second [SEP].</summary>
    public IReadOnlyList<int> BuildInputsWithSpecialTokens(IEnumerable<int> tokenIds, IEnumerable<int>? additionalTokenIds = null)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        List<int> ids = [ClassificationTokenId, .. tokenIds, SeparatorTokenId];
        if (additionalTokenIds is not null)
            ids.AddRange([.. additionalTokenIds, SeparatorTokenId]);
        return ids;
    }

    /// <summary>The same into a span; nothing counts as written where it is too small.</summary>
    public OperationStatus BuildInputsWithSpecialTokens(
        IEnumerable<int> tokenIds, Span<int> destination, out int valuesWritten, IEnumerable<int>? additionalTokenIds = null)
    {
        var ids = BuildInputsWithSpecialTokens(tokenIds, additionalTokenIds);
        valuesWritten = 0;
        if (ids.Count > destination.Length)
            return OperationStatus.DestinationTooSmall;
        foreach (var id in ids)
            destination[valuesWritten++] = id;
        return OperationStatus.Done;
    }

    /// <summary>The segment of each id of <see cref="BuildInputsWithSpecialTokens(IEnumerable{int}, IEnumerable{int}?)"/>: 0, then 1.</summary>
    public IReadOnlyList<int> CreateTokenTypeIdsFromSequences(IEnumerable<int> tokenIds, IEnumerable<int>? additionalTokenIds = null)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        var types = Enumerable.Repeat(0, tokenIds.Count() + 2);
        return [.. additionalTokenIds is null ? types : types.Concat(Enumerable.Repeat(1, additionalTokenIds.Count() + 1))];
    }

    private static BertTokenizer Create(WordPieceVocabulary vocabulary, BertOptions options)
    {
        if (options.ApplyBasicTokenization)
        {
            options.Normalizer ??= new BertNormalizer(
                options.LowerCaseBeforeTokenization, options.IndividuallyTokenizeCjk, options.RemoveNonSpacingMarks);
        }
        IReadOnlyDictionary<string, int>? inText = null;
        if (options.SplitOnSpecialTokens)
        {
            options.SpecialTokens ??= DefaultSpecialTokens(vocabulary, options);
            inText = options.ApplyBasicTokenization && options.LowerCaseBeforeTokenization
                ? AddLowerCase(vocabulary, options.SpecialTokens)
                : options.SpecialTokens;
        }
        options.PreTokenizer ??= options.ApplyBasicTokenization
            ? PreTokenizer.CreateWordOrPunctuation(inText)
            : PreTokenizer.CreateWhiteSpace();
        return new BertTokenizer(vocabulary, options);
    }

    private static Dictionary<string, int> DefaultSpecialTokens(WordPieceVocabulary vocabulary, BertOptions options)
    {
        Dictionary<string, int> special = [];
        string?[] tokens =
            [options.UnknownToken, options.SeparatorToken, options.PaddingToken, options.ClassificationToken, options.MaskingToken];
        foreach (var token in tokens)
            special[token!] = IdOf(vocabulary, token);
        return special;
    }

    // The text is lower case when words are cut, so the special tokens are looked for, and found in the vocabulary, in lower case too.
    private static Dictionary<string, int> AddLowerCase(WordPieceVocabulary vocabulary, IReadOnlyDictionary<string, int> special)
    {
        Dictionary<string, int> lower = [];
        foreach (var (token, expected) in special)
        {
            var id = IdOf(vocabulary, token);
            if (id != expected)
            {
                throw new ArgumentException(
                    $"The special token '{token}' is not in the vocabulary or assigned id value {id} different than the value {expected} in the special tokens.");
            }
            lower[token.ToLowerInvariant()] = id;
            vocabulary.AddSpelling(token.ToLowerInvariant(), id);
        }
        return lower;
    }

    private static int IdOf(WordPieceVocabulary vocabulary, string? token)
        => token is not null && vocabulary.TryGetId(token, out var id)
            ? id
            : throw new ArgumentException($"The special token '{token}' is not in the vocabulary.");
}
