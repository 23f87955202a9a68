namespace Microsoft.ML.Tokenizers;

/// <summary>Tokens and ids, and a word's characters as the first pieces that merging starts from.</summary>
internal sealed class BpeVocabulary
{
    private readonly BpeOptions options;
    private readonly Dictionary<string, int> ids = [];
    private readonly Dictionary<int, string> tokens = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idsBySpan;

    internal BpeVocabulary(BpeOptions options)
    {
        this.options = options;
        foreach (var (token, id) in options.Vocabulary)
        {
            ids.Add(token, id);
            tokens.Add(id, token);
        }
        if (ids.Count == 0)
            throw new InvalidOperationException("The vocabulary cannot be empty.");
        if (options.UnknownToken is { } unknown)
        {
            if (!ids.TryGetValue(unknown, out var id))
                throw new InvalidOperationException($"Unknown Token '{unknown}' was not present in 'Vocabulary'.");
            UnknownId = id;
        }
        idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal IReadOnlyDictionary<string, int> Ids => ids;

    internal int? UnknownId { get; }

    internal string GetToken(int id) => tokens[id];

    internal bool TryGetToken(int id, out string? token) => tokens.TryGetValue(id, out token);

    /// <summary>One piece a character, with the prefix on all but the first and the suffix on the last.</summary>
    internal List<BpePiece> Characters(ReadOnlySpan<char> word)
    {
        List<BpePiece> pieces = [];
        var unknown = 0;
        for (var i = 0; i < word.Length;)
        {
            var length = i + 1 < word.Length && char.IsSurrogatePair(word[i], word[i + 1]) ? 2 : 1;
            var prefix = i > 0 ? options.ContinuingSubwordPrefix : null;
            var suffix = i + length >= word.Length ? options.EndOfWordSuffix : null;
            if (TryGetId(prefix, word.Slice(i, length), suffix, out var id))
            {
                AddUnknown(pieces, ref unknown);
                pieces.Add(new BpePiece(id, length));
            }
            else if (UnknownId is not null)
            {
                if (!options.FuseUnknownTokens)
                    AddUnknown(pieces, ref unknown);
                unknown += length;
            }
            i += length;
        }
        AddUnknown(pieces, ref unknown);
        return pieces;
    }

    private bool TryGetId(string? prefix, ReadOnlySpan<char> character, string? suffix, out int id)
        => prefix is null && suffix is null
            ? idsBySpan.TryGetValue(character, out id)
            : ids.TryGetValue(string.Concat(prefix, character, suffix), out id);

    private void AddUnknown(List<BpePiece> pieces, ref int length)
    {
        if (length > 0)
            pieces.Add(new BpePiece(UnknownId!.Value, length));
        length = 0;
    }
}
