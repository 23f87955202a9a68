using UniM2Rec.Catalogue;

namespace UniM2Rec.Tests.Catalogue;

public class CsvTextTests
{
    [Theory]
    [InlineData("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("-12", "-12")]
    [InlineData("+4.5e3", "+4.5e3")]
    [InlineData("Tea = kettle", "Tea = kettle")]
    [InlineData("", "")]
    public void What_a_spreadsheet_would_compute_gets_an_apostrophe_and_numbers_none(string value, string expected) =>
        Assert.Equal(expected, CsvText.WithoutFormula(value));
}
