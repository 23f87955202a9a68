namespace Microsoft.ML.Tokenizers;

/// <summary>Settings of a <see cref="WordPieceTokenizer"/>.</summary>
public class WordPieceOptions
{
    /// <summary>Null cuts at white space.</summary>
    public PreTokenizer? PreTokenizer { get; set; }

    public Normalizer? Normalizer { get; set; }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; set; }

    public string UnknownToken { get; set; } = "[UNK]";

    public string ContinuingSubwordPrefix { get; set; } = "##";

    /// <summary>A word of more UTF-16 characters is unknown as a whole.</summary>
    public int MaxInputCharsPerWord { get; set; } = 100;
}
