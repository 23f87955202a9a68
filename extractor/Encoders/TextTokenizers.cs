using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;
using UniM2Rec.Models.Text;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Opens the tokenizer that an encoder's description names.</summary>
public static class TextTokenizers
{
    /// <summary>The encoder's tokenizer, or null where it reads no text.</summary>
    /// <exception cref="UserErrorException">The vocabulary can't be read.</exception>
    public static ITextTokenizer? Open(EncoderPack pack) => pack.Config.Tokenizer?.Type switch
    {
        null => null,
        TokenizerType.Ngrams or TokenizerType.HashedNgrams => new NgramText(NgramTokenizer.Load(pack)),
        TokenizerType.WordPiece => new WordPieceText(pack),
        _ => new ClipText(pack),
    };
}
