using UniM2Rec.Extractor.Encoders.Tokenizers;

namespace UniM2Rec.Tests.Encoders;

public class BertTextTests
{
    // Words by the rules of Hugging Face's BertTokenizer, worked out by hand.
    [Theory]
    [InlineData("Hello, World!", "hello , world !")]
    [InlineData("Café Ünïcödé ÀÉ", "cafe unicode ae")]
    [InlineData("e\u0301tude", "etude")]
    [InlineData("\u4E2D\u6587abc", "\u4E2D \u6587 abc")]
    [InlineData("tab\tand\nline\u00A0end", "tab and line end")]
    [InlineData("zero\u200Bwidth\u0000\uFFFD", "zerowidth")]
    [InlineData("snake_case a+b=$5", "snake _ case a + b = $ 5")]
    [InlineData("x [SEP] y [sep]", "x [SEP] y [ sep ]")]
    [InlineData("ΟΔΟΣ ΣΑΣ", "οδοσ σασ")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("\uAC00\uAC01", "\u1100\u1161\u1100\u1161\u11A8")]
    [InlineData("smile\U0001F600 \U0001F600", "smile\U0001F600 \U0001F600")]
    [InlineData("«quoted» — dash…", "« quoted » — dash …")]
    [InlineData("", "")]
    public void Cleans_lowers_and_separates(string text, string words) =>
        Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), Words(new BertText(lowercase: true, stripAccents: true).Normalize(text)));

    [Fact]
    public void Cased_text_keeps_case_and_accents() =>
        Assert.Equal(["Café", ",", "NOIR"], Words(new BertText(lowercase: false, stripAccents: false).Normalize("Café, NOIR")));

    [Fact]
    public void A_word_of_more_than_a_hundred_characters_becomes_one_unknown_word() =>
        Assert.Equal(["a", "\uE000", "b"], Words(new BertText(true, true).Normalize("a " + new string('x', 101) + " b")));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
