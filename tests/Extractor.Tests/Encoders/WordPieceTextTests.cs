using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Packs;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

public class WordPieceTextTests
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "play", "##ing", "##ed", "red", "chair", ",", "s", "'"];

    [Theory]
    [InlineData("Playing red chairs", new long[] { 2, 5, 6, 8, 1, 3 })]
    [InlineData("PLAYED, red", new long[] { 2, 5, 7, 10, 8, 3 })]
    [InlineData("chair's", new long[] { 2, 9, 12, 11, 3 })]
    [InlineData("red [MASK]", new long[] { 2, 8, 4, 3 })]
    public void Gives_the_ids_that_the_longest_pieces_from_the_left_give(string text, long[] expected) =>
        Assert.Equal(expected, Ids(text, maxLength: 16));

    [Fact]
    public void A_long_text_is_cut_within_a_word_and_still_ends_with_the_separator() =>
        Assert.Equal([2, 8, 5, 3], Ids("red playing chair", maxLength: 4));

    private static long[] Ids(string text, int maxLength)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", string.Join('\n', Vocabulary) + "\n");
        folder.Write("model.onnx", "");
        EncoderPack.WriteConfig(folder.Path, new EncoderConfig { Name = "tiny", Tokenizer = new TokenizerSpec { Vocabulary = "vocab.txt", MaxLength = maxLength } });
        var tokenizer = TextTokenizers.Open(EncoderPack.Open(folder.Path))!;
        var ids = new long[maxLength];
        return ids[..tokenizer.Encode(text, ids, [])];
    }
}
