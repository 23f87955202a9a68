using System.Text.Json;

namespace Microsoft.ML.Tokenizers;

/// <summary>Vocabulary, merges and settings of a <see cref="BpeTokenizer"/>.</summary>
public sealed class BpeOptions
{
    public BpeOptions(IEnumerable<KeyValuePair<string, int>> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
    }

    /// <summary>Reads a JSON object of token to id, and merges as lines of two tokens, most frequent first.</summary>
    public BpeOptions(string vocabFile, string? mergesFile = null)
    {
        ArgumentNullException.ThrowIfNull(vocabFile);
        if (!File.Exists(vocabFile))
            throw new ArgumentException($"Could not find the vocabulary file '{vocabFile}'.");
        if (mergesFile is not null && !File.Exists(mergesFile))
            throw new ArgumentException($"Could not find the merges file '{mergesFile}'.");
        Vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(vocabFile))
            ?? throw new InvalidOperationException($"The content of the vocabulary file '{vocabFile}' is not valid.");
        if (mergesFile is not null)
            Merges = [.. File.ReadLines(mergesFile).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))];
    }

    public IEnumerable<KeyValuePair<string, int>> Vocabulary { get; }

    /// <summary>"left right" each, in order of priority.</summary>
    public IEnumerable<string>? Merges { get; set; }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; set; }

    public Normalizer? Normalizer { get; set; }

    /// <summary>Null cuts into words and runs of anything else but white space.</summary>
    public PreTokenizer? PreTokenizer { get; set; }

    /// <summary>Null drops characters that are not in the vocabulary.</summary>
    public string? UnknownToken { get; set; }

    public bool FuseUnknownTokens { get; set; }

    public string? ContinuingSubwordPrefix { get; set; }

    public string? EndOfWordSuffix { get; set; }

    /// <summary>Whether words are encoded as their UTF-8 bytes, each byte written as a printable character.</summary>
    public bool ByteLevel { get; set; }

    public string? BeginningOfSentenceToken { get; set; }

    public string? EndOfSentenceToken { get; set; }
}
