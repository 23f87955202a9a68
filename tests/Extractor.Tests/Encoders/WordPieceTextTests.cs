using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Models.Encoders;
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

    /// <summary>Hugging Face's tokenize_chinese_chars.</summary>
    [Theory]
    [InlineData(false, new long[] { 2, 5, 6, 3 })]
    [InlineData(true, new long[] { 2, 7, 3 })]
    public void Ideographs_stand_alone_unless_they_are_joined(bool join, long[] expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n東\n京\n東京\n");
        folder.Write("model.onnx", "");
        EncoderFolder.WriteConfig(folder.Path, new EncoderConfig { Name = "x", Tokenizer = new TokenizerSpec { Vocabulary = "vocab.txt", MaxLength = 16, JoinIdeographs = join } });
        long[] ids = new long[16];

        int count = new WordPieceText(EncoderFolder.Open(folder.Path)).Encode("東京", ids, []);

        Assert.Equal(expected, ids[..count]);
    }

    [Fact]
    public void A_long_text_is_cut_within_a_word_and_still_ends_with_the_separator() =>
        Assert.Equal([2, 8, 5, 3], Ids("red playing chair", maxLength: 4));

    [Theory]
    [InlineData("", new long[] { 2, 3 })]
    [InlineData(" \t\n", new long[] { 2, 3 })]
    public void A_text_of_nothing_has_the_special_tokens_alone(string text, long[] expected) => Assert.Equal(expected, Ids(text, maxLength: 16));

    [Fact]
    public void A_vocabulary_with_the_line_ends_of_Windows_gives_the_same_ids() =>
        Assert.Equal(Ids("Playing red chairs", maxLength: 16), Ids("Playing red chairs", maxLength: 16, lineEnd: "\r\n"));

    [Theory]
    [InlineData("[UNK]")]
    [InlineData("[CLS]")]
    [InlineData("[SEP]")]
    [InlineData("[PAD]")]
    public void A_vocabulary_without_a_special_token_is_refused(string token)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<UserErrorException>(() => Open(folder, [.. Vocabulary.Where(word => word != token)], 16, "\n"));

        Assert.Contains(folder["vocab.txt"], error.Message, StringComparison.Ordinal);
        Assert.Contains(token, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_get_the_same_ids()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = Open(folder, Vocabulary, 16, "\n");

        Parallel.For(0, 200, i =>
        {
            long[] ids = new long[16];
            Assert.Equal(i % 2 == 0 ? [2, 5, 6, 8, 3] : [2, 9, 10, 8, 3], ids[..tokenizer.Encode(i % 2 == 0 ? "playing red" : "chair, red", ids, [])]);
        });
    }

    private static long[] Ids(string text, int maxLength, string lineEnd = "\n")
    {
        using var folder = new TemporaryFolder();
        long[] ids = new long[maxLength];
        return ids[..Open(folder, Vocabulary, maxLength, lineEnd).Encode(text, ids, [])];
    }

    private static ITextTokenizer Open(TemporaryFolder folder, string[] vocabulary, int maxLength, string lineEnd)
    {
        folder.Write("vocab.txt", string.Join(lineEnd, vocabulary) + lineEnd);
        folder.Write("model.onnx", "");
        EncoderFolder.WriteConfig(folder.Path, new EncoderConfig { Name = "tiny", Tokenizer = new TokenizerSpec { Vocabulary = "vocab.txt", MaxLength = maxLength } });
        return TextTokenizers.Open(EncoderFolder.Open(folder.Path))!;
    }
}
