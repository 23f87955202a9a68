using UniM2Rec.Extractor.Encoders.Tokenizers;

namespace UniM2Rec.Tests.Encoders;

public class HtmlCharacterReferencesTests
{
    /// <summary>The answers are those of Python 3.11's html.unescape.</summary>
    [Theory]
    [InlineData("no reference", "no reference")]
    [InlineData("Tom &amp; Jerry &amp;amp; co", "Tom & Jerry &amp; co")]
    [InlineData("&lt;b&gt;&nbsp;x", "<b>\u00A0x")]
    [InlineData("&#39;&#x27;&#X2013;&#8211", "''\u2013\u2013")]
    [InlineData("&#150;&#x80;&#129;", "\u2013\u20AC\u0081")]
    [InlineData("&#0;&#xD800;&#x110000;&#99999999999;", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("a&#1;b&#xB;c&#xFFFE;d&#xFDD0;e", "abcde")]
    [InlineData("&notit; &not; &notin; &amplify &copy2024 &ampersand", "\u00ACit; \u00AC \u2209 &lify \u00A92024 &ersand")]
    [InlineData("&NotEqualTilde; &Aacute &CounterClockwiseContourIntegral; &bne;", "\u2242\u0338 \u00C1 \u2233 =\u20E5")]
    [InlineData("R&D & more &; &# &#; &#x; &#xg", "R&D & more &; &# &#; &#x; &#xg")]
    [InlineData("&abcdefghijklmnopqrstuvwxyzabcdefghijk; &x", "&abcdefghijklmnopqrstuvwxyzabcdefghijk; &x")]
    [InlineData("&&amp;&lt", "&&<")]
    [InlineData("&am &g &gt", "&am &g >")]
    [InlineData("&hearts;\u0009&quot;\u000A", "\u2665\u0009\"\u000A")]
    public void References_are_replaced_as_Python_does(string text, string expected) => Assert.Equal(expected, HtmlCharacterReferences.Load().Replace(text));
}
