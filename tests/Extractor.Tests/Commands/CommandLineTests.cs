using UniM2Rec.Extractor.Commands;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Commands;

[Collection("console")]
public class CommandLineTests
{
    [Theory]
    [InlineData(2, "nonsense")]
    [InlineData(2, "run")]
    [InlineData(2, "synth", "--out", "x", "--domains", "9")]
    [InlineData(2, "synth", "--out", "x", "--missing-image", "1.5")]
    [InlineData(1, "run", "--dataset", "no-such-folder", "--out", "x")]
    [InlineData(2, "run", "--dataset", "no-such-folder", "--out", "x", "--set", "tokenBuget=3")]
    [InlineData(1, "import", "unisrec", "--from", "no-such-folder", "--out", "x")]
    [InlineData(1, "inspect", "--features", "no-such-folder")]
    [InlineData(0, "--help")]
    [InlineData(0, "encoders", "add", "--help")]
    [InlineData(0, "encoders", "convert", "--help")]
    [InlineData(2, "encoders", "convert", "--from", "x", "--out", "y", "--precision", "fp8")]
    [InlineData(1, "encoders", "convert", "--from", "no-such-folder", "--out", "y")]
    public async Task Exit_codes_tell_wrong_usage_from_failure(int expected, params string[] arguments)
    {
        var (code, _) = await Run(arguments);

        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task Messages_are_one_sentence_without_a_stack_trace()
    {
        using var folder = new TemporaryFolder();
        var (_, unknownKey) = await Run("run", "--dataset", folder.Path, "--out", folder["x"], "--set", "tokenBuget=3");
        var (_, noJson) = await Run("run", "--dataset", folder.Path, "--out", folder["x"]);

        Assert.Contains("tokenBudget", unknownKey, StringComparison.Ordinal);
        Assert.All(new[] { unknownKey, noJson }, message =>
        {
            Assert.StartsWith("error: ", message, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
            Assert.Single(message.TrimEnd().Split('\n'));
        });
    }

    [Fact]
    public async Task A_catalogue_without_the_item_id_column_is_refused_and_nothing_is_made()
    {
        using var folder = new TemporaryFolder();
        folder.Write("d/dataset.json", "{\"name\": \"d\", \"domains\": [\"a\"]}");
        folder.Write("d/a/items.csv", "id,title\n1,x\n");
        var (code, message) = await Run("run", "--dataset", folder["d"], "--out", folder["store"]);

        Assert.Equal(1, code);
        Assert.Contains("item_id", message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["store/store.json"]));
    }

    [Fact]
    public async Task A_gpu_that_is_not_there_is_refused()
    {
        using var folder = new TemporaryFolder();
        Marketplaces.Create(folder["market"]);
        var (code, message) = await Run("run", "--dataset", folder["market"], "--out", folder["store"], "--device", "cuda:99");

        Assert.Equal(1, code);
        Assert.Contains("--device cuda:99 was asked for, but CUDA can't be used here", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tokenizer", "wordpiec", "--tokenizer is 'wordpiec', but word-piece, clip-bpe, ngrams or hashed-ngrams was expected (did you mean 'word-piece'?)")]
    [InlineData("--interpolation", "lanczos", "--interpolation is 'lanczos', but nearest, bilinear, bicubic or area was expected")]
    [InlineData("--tokenizer", "word-piece", "does not exist")]
    [InlineData("--tokenizer", "WordPiece", "does not exist")]
    public async Task A_name_is_written_as_in_a_file_or_as_one_word_and_another_is_refused_with_those_that_there_are(string option, string name, string message)
    {
        var (_, errors) = await Run("encoders", "add", "--model", "no-such.onnx", "--out", "x", option, name);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void No_option_in_no_odd_form_is_more_than_a_wrong_command_line() =>
        Assert.InRange(OddCommandLines.ParseAll("unim2rec-extract", ExtractProgram.Create()), 300, int.MaxValue);

    private static async Task<(int Code, string Errors)> Run(params string[] arguments)
    {
        var (code, _, errors) = await ProgramRun.Of(arguments);
        return (code, errors);
    }
}
