using System.Text;
using Microsoft.ML.Tokenizers;

namespace UniM2Rec.Tests.Tokenizers;

public class WordPieceTests
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "hello", "##s", ",", "日", "cafe", "café"];

    [Theory]
    [InlineData("unaffable", new[] { 5, 6, 7 })]
    [InlineData("hellos", new[] { 8, 9 })]
    [InlineData("hello unaffable hello", new[] { 8, 5, 6, 7, 8 })]
    [InlineData("unknown hello", new[] { 1, 8 })]
    [InlineData("", new int[0])]
    public void Words_are_split_into_their_longest_pieces_or_are_unknown_as_a_whole(string text, int[] expected)
        => Assert.Equal(expected, WordPiece().EncodeToIds(text));

    [Fact]
    public void Word_beyond_the_length_limit_is_unknown()
        => Assert.Equal([1, 8], WordPiece(new WordPieceOptions { MaxInputCharsPerWord = 5 }).EncodeToIds("unaffable hello"));

    [Fact]
    public void Tokens_tell_which_characters_they_stand_for()
    {
        var tokens = WordPiece().EncodeToTokens("hello unable", out var normalized);

        Assert.Null(normalized);
        Assert.Equal(["hello", "un", "##able"], tokens.Select(token => token.Value));
        Assert.Equal([0..5, 6..8, 8..12], tokens.Select(token => token.Offset));
    }

    [Fact]
    public void Limit_ends_the_encoding_before_the_word_that_does_not_fit()
    {
        var ids = WordPiece().EncodeToIds("hello unaffable hello", 3, out _, out var consumed);

        Assert.Equal([8], ids);
        Assert.Equal(5, consumed);
    }

    [Fact]
    public void Own_normaliser_and_word_cutter_are_used()
    {
        var tokenizer = WordPiece(new WordPieceOptions { Normalizer = new CommaForSemicolon(), PreTokenizer = new EachCommaAlone() });

        Assert.Equal([8, 10, 10, 8, 9], tokenizer.EncodeToIds("hello;;hellos"));
    }

    [Fact]
    public void Bert_lower_cases_splits_punctuation_and_adds_its_special_tokens()
    {
        var tokenizer = Bert();

        Assert.Equal([2, 8, 10, 5, 7, 3], tokenizer.EncodeToIds("Hello,unable"));
        Assert.Equal([8, 10, 5, 7], tokenizer.EncodeToIds("Hello,unable", addSpecialTokens: false));
        Assert.Equal((2, 3, 0, 4), (tokenizer.ClassificationTokenId, tokenizer.SeparatorTokenId, tokenizer.PaddingTokenId, tokenizer.MaskingTokenId));
    }

    [Fact]
    public void Bert_keeps_accents_unless_told_to_strip_them()
    {
        Assert.Equal([13], Bert().EncodeToIds("Café", addSpecialTokens: false));
        Assert.Equal([12], Bert(new BertOptions { RemoveNonSpacingMarks = true }).EncodeToIds("Café", addSpecialTokens: false));
    }

    [Fact]
    public void Bert_treats_every_ideograph_as_a_word()
        => Assert.Equal([11, 11], Bert().EncodeToIds("日日", addSpecialTokens: false));

    [Fact]
    public void Bert_finds_special_tokens_in_the_text()
        => Assert.Equal([8, 3, 8], Bert().EncodeToIds("hello[SEP]hello", addSpecialTokens: false));

    [Fact]
    public void Bert_builds_pairs_with_their_segments()
    {
        var tokenizer = Bert();

        Assert.Equal([2, 8, 9, 3, 5, 3], tokenizer.BuildInputsWithSpecialTokens([8, 9], [5]));
        Assert.Equal([0, 0, 0, 0, 1, 1], tokenizer.CreateTokenTypeIdsFromSequences([8, 9], [5]));
    }

    [Fact]
    public void Decoding_joins_pieces_and_separates_words()
        => Assert.Equal("unaffable, hellos", WordPiece().Decode([5, 6, 7, 10, 8, 9]));

    [Fact]
    public void Vocabulary_without_the_unknown_token_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => WordPieceTokenizer.Create(Stream("hello")));

        Assert.Contains("[UNK]", error.Message, StringComparison.Ordinal);
    }

    private static WordPieceTokenizer WordPiece(WordPieceOptions? options = null) => WordPieceTokenizer.Create(Stream(Vocabulary), options);

    private static BertTokenizer Bert(BertOptions? options = null) => BertTokenizer.Create(Stream(Vocabulary), options);

    private static MemoryStream Stream(params string[] lines) => new(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private sealed class CommaForSemicolon : Normalizer
    {
        public override string Normalize(string original) => original.Replace(';', ',');

        public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());
    }

    private sealed class EachCommaAlone : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
        {
            var start = 0;
            for (var i = 0; i <= text.Length; i++)
            {
                if (i < text.Length && text[i] != ',')
                    continue;
                if (i > start)
                    yield return (start, i - start);
                if (i < text.Length)
                    yield return (i, 1);
                start = i + 1;
            }
        }
    }
}
