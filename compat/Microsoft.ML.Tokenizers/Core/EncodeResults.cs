namespace Microsoft.ML.Tokenizers;

/// <summary>What an encoding gave.</summary>
public struct EncodeResults<T>
{
    public IReadOnlyList<T> Tokens { get; set; }

    /// <summary>The text after normalisation, or null where none was asked for.</summary>
    public string? NormalizedText { get; set; }

    /// <summary>Characters of the (normalised) text that the tokens cover.</summary>
    public int CharsConsumed { get; set; }
}
