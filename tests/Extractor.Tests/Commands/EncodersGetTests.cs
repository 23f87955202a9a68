using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Commands;

[Collection("console")]
public class EncodersGetTests
{
    [Fact]
    public async Task An_unknown_name_is_answered_with_the_nearest_one_before_anything_is_made()
    {
        using var folder = new TemporaryFolder();

        var (code, _, errors) = await ProgramRun.Of("encoders", "get", "minilm,resnet-18", "--encoders", folder["encoders"]);

        Assert.Equal(2, code);
        Assert.Contains("no pre-trained encoder 'resnet-18'; known are minilm, arctic-xs, resnet18, minilm-resnet18 - did you mean 'resnet18'?", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["encoders"]));
    }

    [Fact]
    public async Task One_folder_for_several_encoders_is_refused()
    {
        var (code, _, errors) = await ProgramRun.Of("encoders", "get", "minilm", "arctic-xs", "--out", "x");

        Assert.Equal(1, code);
        Assert.Contains("--out x was given for 2 encoders", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such.nupkg", "does not exist")]
    [InlineData("text.nupkg", "is no readable NuGet package")]
    public async Task A_package_file_that_is_none_is_named(string name, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write("text.nupkg", "no zip");

        var (code, _, errors) = await ProgramRun.Of("encoders", "get", "minilm", "--encoders", folder["encoders"], "--package", folder[name]);

        Assert.Equal(1, code);
        Assert.Contains(folder[name], errors, StringComparison.Ordinal);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_with_an_encoder_that_was_not_got_yet_says_how_to_get_it()
    {
        using var folder = new TemporaryFolder();
        Marketplaces.Create(folder["market"]);

        var (code, _, errors) = await ProgramRun.Of("run", "--dataset", folder["market"], "--out", folder["store"], "--encoders", folder["encoders"], "--text", "minilm");

        Assert.Equal(1, code);
        Assert.Contains($"get it by 'unim2rec-extract encoders get minilm --encoders {folder["encoders"]}'", errors, StringComparison.Ordinal);
    }
}
