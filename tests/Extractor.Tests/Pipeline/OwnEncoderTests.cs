using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

/// <summary>An encoder that a run has made for itself may have been cut short by a full disk or a kill: the next run makes it again. Nobody else's is touched.</summary>
public class OwnEncoderTests
{
    private static readonly ExtractionSettings Both = Marketplaces.Fast with { Text = BuiltInNames.FittedText, Image = BuiltInNames.Image, Cross = "" };

    [Fact]
    public void A_built_in_encoder_that_can_not_be_read_is_made_again()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        Marketplaces.Run(dataset, folder["store"], Both);
        var before = Stores.Contents(folder["store"]);
        foreach (var (file, length) in new (string, int?)[]
        {
            ("image-stats/encoder.json", 0), ("image-stats/encoder.json", 40), ("image-stats/model.onnx", 0), ("image-stats/model.onnx", 5000), ("image-stats/model.onnx", null),
            ("text-svd/encoder.json", 10), ("text-svd/fitted.json", 0), ("text-svd/fitted.json", 12), ("text-svd/vocabulary.txt", null), ("text-svd/model.onnx", 1000),
        })
        {
            string path = folder["store/encoders/" + file];
            byte[] whole = File.ReadAllBytes(path);
            if (length is { } left)
                File.WriteAllBytes(path, whole[..left]);
            else
                File.Delete(path);

            Marketplaces.Run(dataset, folder["store"], Both);

            Assert.True(whole.AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"{file} cut to {length}");
        }

        Assert.Equal(before, Stores.Contents(folder["store"]));
        Assert.Empty(Directory.GetFiles(folder["store/encoders"], "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_encoder_of_someone_else_is_never_made_again()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        BuiltInEncoders.Create(BuiltInNames.Image, folder["mine/image-stats"]);
        folder.Write("mine/image-stats/encoder.json", "{");

        var error = Assert.Throws<UserErrorException>(() => Marketplaces.Run(dataset, folder["store"], Both with { Text = "", Encoders = folder["mine"] }));

        Assert.Contains("encoder.json", error.Message, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(folder["mine/image-stats/encoder.json"]));
    }

    [Theory]
    [InlineData("threads=100000", "threads is 100000; expected 0 (one a core) to 256")]
    [InlineData("maxBatchPictures=1000000000", "maxBatchPictures")]
    [InlineData("tokenBudget=2000000000", "tokenBudget")]
    [InlineData("shardRows=2000000000", "shardRows is 2000000000; expected 0 (automatic) to 1048576")]
    [InlineData("maxPictureMib=100000", "maxPictureMib")]
    public void Sizes_that_no_machine_has_are_refused_with_the_limit(string setting, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => UniM2Rec.Configuration.JsonConfig.Load<ExtractionSettings>(null, [setting])).Message, StringComparison.Ordinal);

    [Fact]
    public void Windows_of_long_texts_and_large_pictures_hold_fewer_items()
    {
        using var folder = new TemporaryFolder();
        EncoderFolder Encoder(int size, int length)
        {
            BuiltInEncoders.Create(BuiltInEncoders.CrossFusion, folder["e"]);
            var config = EncoderFolder.Open(folder["e"]).Config;
            EncoderFolder.WriteConfig(folder["e"], config with { Image = size == 0 ? null : config.Image! with { Size = size }, Tokenizer = config.Tokenizer! with { MaxLength = length }, Modality = size == 0 ? EncoderModality.Text : EncoderModality.Cross });
            return EncoderFolder.Open(folder["e"]);
        }

        Assert.Equal(128, ModalityExtraction.WindowRows(Encoder(224, 128), new ExtractionSettings { MaxBatchPictures = 128 }));
        Assert.Equal(1, ModalityExtraction.WindowRows(Encoder(4096, 128), new ExtractionSettings { MaxBatchPictures = 128 }));
        Assert.Equal(1024, ModalityExtraction.WindowRows(Encoder(0, 512), new ExtractionSettings()));
        Assert.Equal(1024, ModalityExtraction.WindowRows(Encoder(0, 32_768), new ExtractionSettings()));
    }
}
