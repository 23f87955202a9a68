using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Tests.Configuration;

public class ConfigDocsTests
{
    [Fact]
    public void The_document_names_every_setting_with_its_default_and_no_other()
    {
        var documented = DocumentedSettings.InSection("## unim2rec-extract run");

        Assert.Equal(DocumentedSettings.Of(new ExtractionSettings()).OrderBy(s => s.Key), documented.OrderBy(s => s.Key));
    }
}
