using Microsoft.ML.Tokenizers;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>BERT's WordPiece: [CLS], the text's sub-words cut at the length allowed, [SEP].</summary>
internal sealed class WordPieceText : ITextTokenizer
{
    private readonly WordPieceTokenizer _tokenizer;
    private readonly int _classification;
    private readonly int _separator;

    public WordPieceText(EncoderPack pack)
    {
        var spec = pack.Config.Tokenizer!;
        MaxLength = spec.MaxLength;
        try
        {
            _tokenizer = WordPieceTokenizer.Create(pack.VocabularyPath!, new WordPieceOptions
            {
                Normalizer = new BertText(spec.Lowercase, spec.StripAccents),
                PreTokenizer = PreTokenizer.CreateWhiteSpace(),
                // Counted in UTF-16 units, of which a code point has two at most; BertText has replaced longer words.
                MaxInputCharsPerWord = 2 * BertText.LongestWord,
            });
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException($"{pack.VocabularyPath} is no WordPiece vocabulary ({failure.Message.ReplaceLineEndings(" ")}); put the model's vocab.txt there.", failure);
        }

        _classification = IdOf("[CLS]", pack);
        _separator = IdOf("[SEP]", pack);
        PaddingId = IdOf("[PAD]", pack);
    }

    public int MaxLength { get; }

    public long PaddingId { get; }

    public bool HasWeights => false;

    public int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights)
    {
        var pieces = _tokenizer.EncodeToIds(text);
        var count = Math.Min(pieces.Count, MaxLength - 2);
        ids[0] = _classification;
        for (var i = 0; i < count; i++)
            ids[i + 1] = pieces[i];
        ids[count + 1] = _separator;
        return count + 2;
    }

    private int IdOf(string token, EncoderPack pack) => _tokenizer.EncodeToIds(token) is [var id] && id != _tokenizer.UnknownTokenId
        ? id
        : throw new UserErrorException($"{pack.VocabularyPath} has no token {token}, which WordPiece needs; put the model's vocab.txt there.");
}
