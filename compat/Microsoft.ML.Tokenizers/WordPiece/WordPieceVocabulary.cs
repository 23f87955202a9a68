namespace Microsoft.ML.Tokenizers;

/// <summary>A token a line; a token's id is its line's number from 0, empty lines counted but not taken.</summary>
internal sealed class WordPieceVocabulary
{
    private readonly Dictionary<string, int> ids = [];
    private readonly Dictionary<int, string> tokens = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idsBySpan;

    private WordPieceVocabulary() => idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();

    internal static WordPieceVocabulary Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var vocabulary = new WordPieceVocabulary();
        var reader = new StreamReader(stream);
        for (var id = 0; reader.ReadLine() is { } token; id++)
        {
            if (token.Length == 0)
                continue;
            vocabulary.ids.Add(token, id);
            vocabulary.tokens.Add(id, token);
        }
        return vocabulary;
    }

    internal static WordPieceVocabulary Read(string vocabFilePath)
    {
        if (string.IsNullOrEmpty(vocabFilePath))
            throw new ArgumentNullException(nameof(vocabFilePath));
        using var stream = File.OpenRead(vocabFilePath);
        return Read(stream);
    }

    internal bool TryGetId(ReadOnlySpan<char> token, out int id) => idsBySpan.TryGetValue(token, out id);

    internal int GetId(string token) => ids[token];

    internal bool TryGetToken(int id, out string? token) => tokens.TryGetValue(id, out token);

    internal string GetToken(int id) => tokens[id];

    /// <summary>Makes another spelling give an id; decoding keeps the vocabulary's own.</summary>
    internal void AddSpelling(string spelling, int id) => ids[spelling] = id;
}
