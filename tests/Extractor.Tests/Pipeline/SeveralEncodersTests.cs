using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Features;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

public class SeveralEncodersTests
{
    [Fact]
    public void Two_text_encoders_are_two_modalities_each_as_it_would_be_alone()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        var settings = Marketplaces.Fast with { Image = "", Cross = "" };
        Marketplaces.Run(dataset, folder["both"], settings with { Text = $"{BuiltInNames.FittedText}, {BuiltInEncoders.TextHash}" });
        Marketplaces.Run(dataset, folder["first"], settings with { Text = BuiltInNames.FittedText });
        Marketplaces.Run(dataset, folder["second"], settings with { Text = BuiltInEncoders.TextHash });

        using var both = FeatureStore.Open(folder["both"]);
        Assert.Equal(["text", "text_text_hash"], both.ModalityNames);
        AssertSame(folder["first"], both.Modality("text"));
        AssertSame(folder["second"], both.Modality("text_text_hash"));

        static void AssertSame(string store, ModalityFeatures features)
        {
            using var alone = FeatureStore.Open(store);
            var expected = alone.Modality("text");
            var (a, b) = (new float[expected.Width], new float[features.Width]);
            Assert.Equal(expected.EncoderFingerprint, features.EncoderFingerprint);
            for (int row = 0; row < alone.ItemCount; row++)
            {
                expected.ReadRow(row, a);
                features.ReadRow(row, b);
                Assert.Equal(a, b);
                Assert.Equal(expected.IsPresent(row), features.IsPresent(row));
            }
        }
    }

    [Fact]
    public void Encoders_whose_features_would_have_the_same_name_are_refused()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        BuiltInEncoders.Create(BuiltInEncoders.TextHash, folder["a"]);
        BuiltInEncoders.Create(BuiltInEncoders.TextHash, folder["b"]);
        var settings = Marketplaces.Fast with { Image = "", Cross = "", Text = $"{BuiltInNames.FittedText},{folder["a"]},{folder["b"]}" };
        var error = Assert.Throws<UserErrorException>(() => Marketplaces.Run(dataset, folder["store"], settings));
        Assert.Contains("'text_text_hash'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_encoder_twice_is_refused()
    {
        string problem = Assert.Single(new ExtractionSettings { Text = "text-svd,text-svd" }.Problems());
        Assert.Contains("'text-svd' is named 2 times", problem, StringComparison.Ordinal);
    }
}
