using System.Diagnostics;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

/// <summary>What an encoder's files say of their size is checked before room is made for it, and only regular files are opened.</summary>
public class EncoderLimitsTests
{
    [Theory]
    [InlineData("\"maxLength\": 128", "\"maxLength\": 1000000000", "tokenizer.maxLength is 1000000000; 1 to 32,768 ids are allowed")]
    [InlineData("\"maxLength\": 128", "\"maxLength\": 0", "tokenizer.maxLength is 0")]
    [InlineData("\"size\": 64", "\"size\": 5000", "image.size is 5000; 1 to 4096 pixels are allowed")]
    [InlineData("\"resizeTo\": 0", "\"resizeTo\": 1000000", "image.resizeTo is 1000000; 0, or from image.size (64) to 8192 pixels are allowed")]
    [InlineData("\"size\": 64", "\"background\": [0, 0], \"size\": 64", "image.background is [0, 0]; red, green and blue from 0 to 255 are needed")]
    public void Declared_sizes_have_limits(string was, string becomes, string expected)
    {
        using var folder = new TemporaryFolder();
        BuiltInEncoders.Create(BuiltInEncoders.CrossFusion, folder.Path);
        string text = File.ReadAllText(folder["encoder.json"]);
        Assert.Contains(was, text, StringComparison.Ordinal);
        folder.Write("encoder.json", text.Replace(was, becomes, StringComparison.Ordinal));

        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => EncoderFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_has_a_limit_of_lines_and_of_bytes()
    {
        using var folder = new TemporaryFolder();
        WriteWithVocabulary(folder);
        folder.Write("vocab.txt", new string('\n', EncoderLimits.VocabularyLines + 1));
        Assert.Contains("has 1,048,577 lines, but a vocabulary of at most 1,048,576 was expected", Assert.Throws<UserErrorException>(() => EncoderFolder.Open(folder.Path)).Message, StringComparison.Ordinal);

        using (var file = File.Create(folder["vocab.txt"]))
            file.SetLength(EncoderLimits.VocabularyBytes + 1);
        Assert.Contains("has 67,108,865 bytes", Assert.Throws<UserErrorException>(() => EncoderFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder.json")]
    [InlineData("model.onnx")]
    [InlineData("vocab.txt")]
    [InlineData("model.onnx.data")]
    public void A_pipe_in_a_files_place_is_refused_and_not_waited_for(string file)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "made by mkfifo");
        using var folder = new TemporaryFolder();
        WriteWithVocabulary(folder);
        File.Delete(folder[file]);
        Process.Start("mkfifo", folder[file]).WaitForExit();

        var error = Assert.Throws<UserErrorException>(() => EncoderFolder.Open(folder.Path).RequireExternalFiles());

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains("is a pipe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_not_finished_leaves_the_one_before_as_it_was()
    {
        using var folder = new TemporaryFolder();
        foreach (long threshold in new[] { long.MaxValue, 0 })
        {
            OnnxWriter.Write(Graph(1), folder["model.onnx"], new OnnxFile { ExternalDataThreshold = threshold, KeepInlineBytes = 0 });
            var before = Directory.GetFiles(folder.Path).ToDictionary(f => f, File.ReadAllBytes);
            using var source = new CancellationTokenSource();
            var stopping = new OnnxFile { ExternalDataThreshold = threshold, KeepInlineBytes = 0, Written = _ => source.Cancel() };

            Assert.ThrowsAny<OperationCanceledException>(() => OnnxWriter.Write(Graph(2), folder["model.onnx"], stopping, source.Token));

            Assert.Equal(before, Directory.GetFiles(folder.Path).ToDictionary(f => f, File.ReadAllBytes));
        }
    }

    private static GraphBuilder Graph(float value)
    {
        var graph = new GraphBuilder("two weights");
        var input = graph.Input("x", ElementType.Float, "n", 2);
        graph.Output(graph.Add(graph.Add(input, graph.Weight("a", [value, value], 2)), graph.Weight("b", [value, value], 2)), "y", "n", 2);
        return graph;
    }

    /// <summary>A folder whose model keeps its weights beside it.</summary>
    private static void WriteWithVocabulary(TemporaryFolder folder)
    {
        folder.Write("vocab.txt", "a\n");
        OnnxWriter.Write(Graph(1), folder["model.onnx"], new OnnxFile { ExternalDataThreshold = 0, KeepInlineBytes = 0 });
        EncoderFolder.WriteConfig(folder.Path, new EncoderConfig { Name = "e", Tokenizer = new TokenizerSpec { Type = TokenizerType.Ngrams, Vocabulary = "vocab.txt" } });
    }
}
