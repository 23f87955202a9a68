using TorchSharp;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Tests.Conversion;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Extending;

public sealed class ExtendingTests : ConversionTest
{
    private const int Vocabulary = 12, Width = 6;
    private static readonly long[] Ids = [2, 7, 9, 3, 2, 11, 0, 0];
    private static readonly long[] Mask = [1, 1, 1, 1, 1, 1, 0, 0];

    [Fact]
    public void The_document_shows_the_family_that_is_tested_here() => DocumentedCode.RequireSame("tests/Models.Tests/Extending/BagOfTokensFamily.cs");

    [Fact]
    public void A_family_of_another_assembly_converts_what_names_its_model_type()
    {
        var weights = new RandomCheckpoint(3).Add("embedding.weight", 1, 0, Vocabulary, Width);
        weights.Save(Source);
        WriteSource("config.json", """{"model_type": "bag-of-tokens", "vocab_size": 12, "hidden_size": 6}""");
        WriteSource("vocab.txt", string.Concat(Enumerable.Range(0, Vocabulary).Select(i => $"t{i}\n")));

        var encoder = Convert(new ConvertOptions())[0];

        var table = weights["embedding.weight"];
        var expected = stack([table[tensor(new long[] { 2, 7, 9, 3 })].mean([0]), table[tensor(new long[] { 2, 11 })].mean([0])]);
        AssertSame(expected, OnnxRun.Floats(encoder.ModelPath, "embedding", ("input_ids", Ids, [2, 4]), ("attention_mask", Mask, [2, 4])), Precision.Float32);
        Assert.Equal("text", encoder.ModalityName);
    }
}
