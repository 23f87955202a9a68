using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests.Commands;

/// <summary>What shells are told when a user asks how a command line may go on.</summary>
public class CompletionTests
{
    [Theory]
    [InlineData("[suggest]")]
    [InlineData("[suggest:]")]
    [InlineData("[suggest:18]")]
    [InlineData("[suggest:99]")]
    [InlineData("[suggest:x]")]
    [InlineData("[suggest:-1]")]
    public void Without_a_place_in_the_line_its_end_is_meant(string directive)
    {
        var result = TrainerRun.Of(directive, "unim2rec-train fin");

        Assert.Equal((0, "finetune", ""), (result.Code, result.Output.Trim(), result.Errors));
        Assert.Equal(0, TrainerRun.Of(directive).Code);
    }
}
