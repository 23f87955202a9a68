using UniM2Rec.Models.BuiltIn;

namespace UniM2Rec.Tests.BuiltIn;

public sealed class NgramTokenizerTests
{
    private static readonly string[] Terms = ["red", "mug", "red mug", "blue", "don", "dont", "1", "2", "1 2"];

    [Theory]
    [InlineData("Red MUG, red mug!", "0x2 1x2 2x2")]
    [InlineData("blue-red", "3x1 0x1")]
    [InlineData("mug red", "1x1 0x1")]
    [InlineData("Don't", "5x1")]
    [InlineData("'don'", "4x1")]
    [InlineData("1/2", "6x1 7x1 8x1")]
    [InlineData("nothing known here", "")]
    [InlineData("", "")]
    [InlineData("  \t\r\n .,;", "")]
    public void Terms_are_found_with_their_counts(string text, string expected)
    {
        Assert.Equal(expected, Encode(NgramTokenizer.WithVocabulary(Terms), text));
    }

    [Fact]
    public void Ideographs_are_words_of_their_own()
    {
        Assert.Equal("0x1 1x1 2x1", Encode(NgramTokenizer.WithVocabulary(["茶", "杯", "茶 杯"]), "茶杯"));
    }

    [Fact]
    public void Case_matters_only_if_asked_to()
    {
        Assert.Equal("", Encode(NgramTokenizer.WithVocabulary(["red"], lowercase: false), "Red"));
    }

    [Fact]
    public void Text_beyond_the_longest_length_is_cut_but_known_terms_still_count()
    {
        var tokenizer = NgramTokenizer.WithVocabulary(["a", "b", "c"], maxWords: 1, maxLength: 2);
        Assert.Equal("0x2 1x1", Encode(tokenizer, "a b c a"));
    }

    [Fact]
    public void Hashed_ids_are_stable_and_lie_in_their_range()
    {
        var tokenizer = NgramTokenizer.Hashed();
        long[] ids = new long[8];
        float[] weights = new float[8];

        int count = tokenizer.Encode("Red mug", ids, weights);

        // Stored features were made with these ids, so the hash can never change.
        Assert.Equal(3, count);
        Assert.Equal(ExpectedHash("red"), ids[0]);
        Assert.Equal(ExpectedHash("mug"), ids[1]);
        Assert.All(ids[..3], id => Assert.InRange(id, 0, (1L << 56) - 1));
        Assert.Equal(3, ids[..3].Distinct().Count());
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        var tokenizer = NgramTokenizer.Hashed();
        long[] ids = new long[64];
        float[] weights = new float[64];
        tokenizer.Encode("warm up é 茶", ids, weights);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            tokenizer.Encode("Stainless steel water bottle, 750 ml; don't drop it", ids, weights);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Lone_surrogates_do_no_harm()
    {
        Assert.Equal("0x1", Encode(NgramTokenizer.WithVocabulary(["red"]), "\uD800 red \uDC00"));
    }

    private static string Encode(NgramTokenizer tokenizer, string text)
    {
        long[] ids = new long[32];
        float[] weights = new float[32];
        int count = tokenizer.Encode(text, ids, weights);
        return string.Join(' ', Enumerable.Range(0, count).Select(i => $"{ids[i]}x{weights[i]}"));
    }

    private static long ExpectedHash(string word)
    {
        ulong hash = 0xCBF29CE484222325UL;
        foreach (char letter in word)
            hash = unchecked((hash ^ letter) * 0x100000001B3UL);
        hash = unchecked((hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL);
        hash = unchecked((hash ^ (hash >> 27)) * 0x94D049BB133111EBUL);
        hash ^= hash >> 31;
        return (long)(hash & 0xFFFFFFFFFFFFFF);
    }
}
