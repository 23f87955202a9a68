using UniM2Rec.Models.Text;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Words and word pairs, with how often each occurs.</summary>
internal sealed class NgramText(NgramTokenizer tokenizer) : ITextTokenizer
{
    public int MaxLength => tokenizer.MaxLength;

    public long PaddingId => 0;

    public bool HasWeights => true;

    public int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights) => tokenizer.Encode(text, ids, weights);
}
