namespace UniM2Rec.Extractor.Encoders;

/// <summary>Turns text into ids. Safe to use from several threads.</summary>
public interface ITextTokenizer
{
    /// <summary>The most ids that a text is given.</summary>
    int MaxLength { get; }

    /// <summary>Id of padding.</summary>
    long PaddingId { get; }

    /// <summary>Whether ids come with weights.</summary>
    bool HasWeights { get; }

    /// <summary>Writes a text's ids and returns how many there are; 0 where the text holds nothing that is known.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="ids">At least <see cref="MaxLength"/> long.</param>
    /// <param name="weights">As long as <paramref name="ids"/> where <see cref="HasWeights"/>, else empty.</param>
    int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights);
}
