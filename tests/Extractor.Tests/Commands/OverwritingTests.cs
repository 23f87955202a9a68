using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Commands;

[Collection("console")]
public class OverwritingTests
{
    [Theory]
    [InlineData("shop/dataset.json")]
    [InlineData("shop/home/items.csv")]
    public async Task A_catalogue_that_is_there_is_written_over_only_when_asked(string file)
    {
        using var folder = new TemporaryFolder();
        folder.Write(file, "precious");
        folder.Write("shop/rejects.csv", "precious too");
        folder.Write("ml/ratings.dat", "1::2::5::3\n");
        folder.Write("ml/movies.dat", "2::Heat (1995)::Crime\n");
        string[][] commands =
        [
            ["synth", "--out", folder["shop"], "--users", "8", "--items", "6", "--image-size", "16"],
            ["import", "movielens", "--from", folder["ml"], "--out", folder["shop"], "--domains", "one"],
        ];
        foreach (string[] command in commands)
        {
            var (code, _, errors) = await ProgramRun.Of(command);
            Assert.Equal(1, code);
            Assert.Contains($"'{folder[file]}' exists", errors, StringComparison.Ordinal);
            Assert.Equal("precious", File.ReadAllText(folder[file]));
            Assert.Equal("precious too", File.ReadAllText(folder["shop/rejects.csv"]));
        }

        foreach (string[] command in commands)
            Assert.Equal(0, (await ProgramRun.Of([.. command, "--overwrite"])).Code);
        Assert.Contains("\"movies\"", File.ReadAllText(folder["shop/dataset.json"]), StringComparison.Ordinal);
    }
}
