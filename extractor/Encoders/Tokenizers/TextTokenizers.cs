using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders.Tokenizers;

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

/// <summary>The tokenizers by the type that an encoder's description names; a new one is a line here and a member of <see cref="TokenizerType"/>.</summary>
public static class TextTokenizers
{
    private static readonly Dictionary<TokenizerType, Func<EncoderFolder, ITextTokenizer>> Openers = new()
    {
        [TokenizerType.WordPiece] = encoder => new WordPieceText(encoder),
        [TokenizerType.ClipBpe] = encoder => new ClipText(encoder),
        [TokenizerType.Ngrams] = encoder => new NgramText(NgramTokenizer.Load(encoder)),
        [TokenizerType.HashedNgrams] = encoder => new NgramText(NgramTokenizer.Load(encoder)),
    };

    /// <summary>The encoder's tokenizer, or null where it reads no text.</summary>
    /// <exception cref="UserErrorException">The vocabulary can't be read.</exception>
    public static ITextTokenizer? Open(EncoderFolder encoder) => encoder.Config.Tokenizer is { } spec ? Openers[spec.Type](encoder) : null;
}

/// <summary>Words and word pairs, with how often each occurs.</summary>
internal sealed class NgramText(NgramTokenizer tokenizer) : ITextTokenizer
{
    public int MaxLength => tokenizer.MaxLength;

    public long PaddingId => 0;

    public bool HasWeights => true;

    public int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights) => tokenizer.Encode(text, ids, weights);
}
