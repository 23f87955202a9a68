using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Tests.Importing;

public class CatalogueTextTests
{
    [Theory]
    [InlineData("<ul><li>Oak</li><li>Ash</li></ul>", "Oak Ash")]
    [InlineData("one<br>two<br/>three<BR />four<p>five</p>six", "one two three four five six")]
    [InlineData("<div class=\"a > b\" id='x'>in</div>", "in")]
    [InlineData("<img src=\"a.png\" alt=\"no\"><input disabled>text</span></span>", "text")]
    [InlineData("<a href = \"x.html\">link</a> <font color=red>red</font>", "link red")]
    [InlineData("a<!-- not > shown -->b", "a b")]
    [InlineData("a<script type='text/javascript'>if (x<b) go();</script>b<style>p {}</style>c", "a b c")]
    [InlineData("<x-price data-v=\"3\">4 euro</x-price>", "4 euro")]
    public void Tags_become_a_space(string html, string text) => Assert.Equal(text, CatalogueText.Clean(html));

    [Theory]
    [InlineData("Screws <3mm & nuts >5cm")]
    [InlineData("I <3 tea")]
    [InlineData("a < b > c")]
    [InlineData("for <18 and >65")]
    [InlineData("width <b and c> d")]
    [InlineData("<b = 5 cm> wide")]
    [InlineData("reads <name> from input")]
    [InlineData("unclosed <b never ends")]
    [InlineData("<- left, right ->")]
    [InlineData("a <script> without an end", "a without an end")]
    [InlineData("&lt;b&gt; makes bold", "<b> makes bold")]
    [InlineData("from &lt;20&gt; euro", "from <20> euro")]
    public void What_is_no_tag_stays(string text, string? right = null) => Assert.Equal(right ?? text, CatalogueText.Clean(text));

    /// <summary>The answers are those of Python 3.11's html.unescape.</summary>
    [Theory]
    [InlineData("caf&eacute cr&egrave;me", "café crème")]
    [InlineData("&notit; &copy2024", "¬it; ©2024")]
    [InlineData("&#150;&#x80;&#0;&#x1;", "–€\uFFFD")]
    [InlineData("R&D, A&amp;amp;B, &unknown;", "R&D, A&amp;B, &unknown;")]
    [InlineData("&NotEqualTilde;&hearts;&apos;", "≂̸♥'")]
    public void References_are_decoded_once_as_Python_does(string html, string text) => Assert.Equal(text, CatalogueText.Clean(html));

    [Fact]
    public void White_space_is_one_space_and_what_shows_nothing_is_empty()
    {
        Assert.Equal("by Falk and sons", CatalogueText.Clean("by\n    \n  Falk&nbsp;and\tsons "));
        Assert.Equal("", CatalogueText.Clean("<p>&nbsp;\u200B</p>"));
    }

    [Theory]
    [InlineData("var aPageStart = (new Date()).getTime();")]
    [InlineData("<script>var ue_t0 = new Date().getTime();</script>")]
    [InlineData("function f() { return new Date().getTime(); }")]
    public void A_page_script_is_no_text(string script) => Assert.Equal("", CatalogueText.Clean(script));

    [Theory]
    [InlineData("Timer app getTimer watch")]
    [InlineData("Calls new Date().getTime() for the time")]
    [InlineData("variable getTime speed drill")]
    public void A_text_that_mentions_the_call_is_a_text(string text) => Assert.Equal(text, CatalogueText.Clean(text));

    [Fact]
    public void A_text_full_of_openings_takes_no_time() =>
        Assert.Equal(40_000, CatalogueText.Clean(string.Concat(Enumerable.Repeat("<b \"", 10_000))).Length);
}
