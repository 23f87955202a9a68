using System.Text.Json;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

/// <summary>Byte-pair merges worked out by hand; whole texts are compared in <see cref="GoldenTokenTests"/>.</summary>
public sealed class ClipTextTests : IDisposable
{
    private const string Start = "<|startoftext|>";
    private const string End = "<|endoftext|>";
    private const string WordEnd = "</w>";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("low", "low</w>")]
    [InlineData("lotow", "lo t ow</w>")]
    [InlineData("loo", "lo o</w>")]
    [InlineData("LOW  low", "low</w> low</w>")]
    public void Merges_apply_in_order_of_rank_and_the_last_letter_carries_the_end_of_the_word(string text, string pieces)
    {
        // "low" starts as l o w</w>; "o w</w>" ranks before "l o", so that it becomes l ow</w> and never lo w</w>.
        Assert.Equal([Start, .. pieces.Split(' '), End], Pieces(text, 16, "o w</w>", "l o", "l ow</w>", "lo w</w>"));
    }

    [Theory]
    [InlineData("é", "Ã ©</w>")]
    [InlineData("😀", "ð Ł ĺ Ģ</w>")]
    public void Bytes_beyond_ascii_are_written_in_the_printable_alphabet(string text, string pieces) =>
        // U+00E9 is C3 A9; U+1F600 is F0 9F 98 80. C3, A9, F0 stand for themselves; 9F, 98, 80 are shifted to U+0100 and on.
        Assert.Equal([Start, .. pieces.Split(' '), End], Pieces(text, 16));

    [Fact]
    public void A_long_text_is_cut_inside_a_word_and_still_ends_with_the_end_token() => Assert.Equal([Start, "Ã", "©", End], Pieces("éab", 4));

    [Fact]
    public void A_text_of_nothing_has_the_special_tokens_alone() => Assert.Equal([Start, End], Pieces(" \n ", 4));

    [Fact]
    public void A_merge_of_tokens_outside_the_vocabulary_is_refused()
    {
        Write(Vocabulary(), ["low ink"]);

        Assert.Contains("are no vocabulary and merges of CLIP", Assert.Throws<UserErrorException>(() => Open(8)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Start)]
    [InlineData(End)]
    public void A_vocabulary_without_a_special_token_is_refused(string token)
    {
        Write([.. Vocabulary().Where(t => t != token)], []);

        Assert.Contains(token, Assert.Throws<UserErrorException>(() => Open(8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_threads_get_the_same_ids()
    {
        Write(Vocabulary("l o", "lo w</w>"), ["l o", "lo w</w>"]);
        var tokenizer = Open(16);
        long[] ids = new long[16];
        long[] expected = ids[..tokenizer.Encode("low é low", ids, [])];

        Parallel.For(0, 200, _ =>
        {
            long[] own = new long[16];
            Assert.Equal(expected, own[..tokenizer.Encode("low é low", own, [])]);
        });
    }

    private string[] Pieces(string text, int maxLength, params string[] merges)
    {
        string[] vocabulary = Vocabulary(merges);
        Write(vocabulary, merges);
        long[] ids = new long[maxLength];
        return [.. ids[..Open(maxLength).Encode(text, ids, [])].Select(id => vocabulary[id])];
    }

    /// <summary>Every byte's letter, within a word and at its end, what the merges make, and the special tokens.</summary>
    private static string[] Vocabulary(params string[] merges)
    {
        string[] letters = Enumerable.Range(0x21, 0x160).Select(code => ((char)code).ToString()).ToArray();
        return [.. letters, .. letters.Select(letter => letter + WordEnd), .. merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal)).Distinct(), Start, End];
    }

    private void Write(string[] vocabulary, string[] merges)
    {
        _folder.Write("vocab.json", JsonSerializer.Serialize(vocabulary.Select((token, id) => (token, id)).ToDictionary(e => e.token, e => e.id)));
        _folder.Write("merges.txt", "#version: 0.2\n" + string.Concat(merges.Select(merge => merge + "\n")));
        _folder.Write("model.onnx", "");
    }

    private ITextTokenizer Open(int maxLength)
    {
        var spec = new TokenizerSpec { Type = TokenizerType.ClipBpe, Vocabulary = "vocab.json", Merges = "merges.txt", MaxLength = maxLength, StripAccents = false };
        EncoderFolder.WriteConfig(_folder.Path, new EncoderConfig { Name = "clip", Tokenizer = spec });
        return TextTokenizers.Open(EncoderFolder.Open(_folder.Path))!;
    }
}
