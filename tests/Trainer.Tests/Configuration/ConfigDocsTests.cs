using UniM2Rec.Tests.Configuration;
using UniM2Rec.Trainer.Commands;
using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Tests;

public class ConfigDocsTests
{
    private const string Section = "## unim2rec-train pretrain, finetune";

    [Fact]
    public void The_document_names_every_setting_with_its_default_and_no_other()
    {
        var documented = DocumentedSettings.InSection(Section);

        Assert.Equal(DocumentedSettings.Of(new RunConfig()).OrderBy(s => s.Key), documented.OrderBy(s => s.Key));
    }

    [Fact]
    public void The_document_names_every_default_that_pretraining_changes()
    {
        var standard = DocumentedSettings.Of(new RunConfig());
        var changed = DocumentedSettings.Of(PretrainCommand.Defaults).Where(s => standard[s.Key] != s.Value);

        Assert.Equal(changed.OrderBy(s => s.Key), DocumentedSettings.InSection(Section, verb: "pretrain").OrderBy(s => s.Key));
    }
}
