using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace UniM2Rec.Tests.Tokenizers;

public class BytePairEncodingTests
{
    private const string End = "</w>";

    [Fact]
    public void Merges_apply_in_order_of_rank_and_the_last_character_carries_the_suffix()
    {
        // "low" starts as l o w</w>. "o w</w>" ranks before "l o", so that it becomes l ow</w> and never lo w</w>.
        var tokenizer = Clip("o w</w>", "l o", "l ow</w>", "lo w</w>");

        Assert.Equal(["low</w>"], Values(tokenizer, "low"));
        Assert.Equal(["lo", "t", "ow</w>"], Values(tokenizer, "lotow"));
        Assert.Equal(["lo", "o</w>"], Values(tokenizer, "loo"));
    }

    [Fact]
    public void Bytes_beyond_ascii_are_written_in_the_printable_alphabet()
    {
        var tokenizer = Clip();

        // U+00E9 is C3 A9; U+1F600 is F0 9F 98 80. C3, A9, F0 stand for themselves; 9F, 98, 80 are shifted to U+0100 and on.
        Assert.Equal(["Ã", "©</w>"], Values(tokenizer, "é"));
        Assert.Equal(["ð", "Ł", "ĺ", "Ģ</w>"], Values(tokenizer, "😀"));
    }

    [Fact]
    public void Sentence_tokens_enclose_the_text_and_special_tokens_in_it_stay_whole()
    {
        var tokenizer = Clip(special: true);

        Assert.Equal(["<s>", "a</w>", "<e>", "b</w>", "<e>"], Values(tokenizer, "a<e>b"));
    }

    [Fact]
    public void Limit_cuts_inside_a_word_and_tells_the_characters_covered()
    {
        var ids = Clip().EncodeToIds("éab", 3, out _, out var consumed);

        Assert.Equal(3, ids.Count);
        Assert.Equal(2, consumed);
    }

    [Fact]
    public void Same_word_gives_the_same_ids_every_time_and_from_many_threads()
    {
        var tokenizer = Clip("l o", "lo w</w>");
        var expected = tokenizer.EncodeToIds("low").ToArray();

        Parallel.For(0, 200, _ => Assert.Equal(expected, tokenizer.EncodeToIds("low")));
    }

    [Fact]
    public void Decoding_drops_the_suffix_and_restores_the_bytes()
    {
        var tokenizer = Clip("l o", "lo w</w>");

        Assert.Equal("lowé😀", tokenizer.Decode(tokenizer.EncodeToIds("lowé😀")));
    }

    [Fact]
    public void Without_bytes_a_character_outside_the_vocabulary_is_unknown_or_dropped()
    {
        KeyValuePair<string, int>[] vocabulary = [new("a", 0), new("?", 1)];

        Assert.Equal([0, 1, 1, 0], BpeTokenizer.Create(new BpeOptions(vocabulary) { UnknownToken = "?" }).EncodeToIds("axya"));
        Assert.Equal([0, 1, 0], BpeTokenizer.Create(new BpeOptions(vocabulary) { UnknownToken = "?", FuseUnknownTokens = true }).EncodeToIds("axya"));
        Assert.Equal([0, 0], BpeTokenizer.Create(new BpeOptions(vocabulary)).EncodeToIds("axya"));
    }

    [Fact]
    public void Merge_of_tokens_outside_the_vocabulary_is_refused()
        => Assert.Throws<InvalidOperationException>(
            () => BpeTokenizer.Create(new BpeOptions([new KeyValuePair<string, int>("a", 0)]) { Merges = ["a b"] }));

    private static string[] Values(Tokenizer tokenizer, string text)
        => [.. tokenizer.EncodeToTokens(text, out _).Select(token => token.Value)];

    private static BpeTokenizer Clip(params string[] merges) => Clip(special: false, merges);

    private static BpeTokenizer Clip(bool special, params string[] merges)
    {
        var bytes = Alphabet().Select(c => c.ToString()).ToArray();
        string[] tokens = [.. bytes, .. bytes.Select(b => b + End), .. merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal)).Distinct(), "<s>", "<e>"];
        var vocabulary = tokens.Select((token, id) => new KeyValuePair<string, int>(token, id)).ToArray();
        var specialTokens = special ? vocabulary[^2..].ToDictionary() : [];
        return BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges,
            ByteLevel = true,
            EndOfWordSuffix = End,
            PreTokenizer = new RegexPreTokenizer(new Regex(@"\S+?(?=\s|<e>|$)"), specialTokens),
            SpecialTokens = specialTokens,
            BeginningOfSentenceToken = special ? "<s>" : null,
            EndOfSentenceToken = special ? "<e>" : null,
        });
    }

    private static IEnumerable<char> Alphabet()
    {
        for (var code = 0x21; code <= 0x17F; code++)
            yield return (char)code;
    }
}
