using TorchSharp;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Conversion;

public sealed class ResNetConversionTests : ConversionTest
{
    private const int Side = 64;

    [Theory]
    [InlineData(true, false, Precision.Float32)]
    [InlineData(false, false, Precision.Float32)]
    [InlineData(true, true, Precision.Float32)]
    [InlineData(false, true, Precision.Float32)]
    [InlineData(true, true, Precision.Float16)]
    public void Answers_as_torch_does(bool bottleneck, bool huggingFace, Precision precision)
    {
        var weights = TorchResNet.Weights(bottleneck);
        weights.Save(Source, huggingFace ? TorchResNet.HuggingFaceName : null);
        if (huggingFace)
            WriteSource("config.json", """{"model_type":"resnet","hidden_act":"relu"}""");
        WriteSource("preprocessor_config.json", """{"size":64,"crop_pct":0.875,"resample":3,"image_mean":[0.5,0.4,0.3],"image_std":[0.2,0.3,0.4]}""");

        var encoder = Convert(new ConvertOptions { Precision = precision })[0];

        float[] pixels = Pixels(2, Side);
        var expected = TorchResNet.Maps(weights, tensor(pixels, [2, 3, Side, Side])).mean([2, 3]);
        AssertSame(expected, OnnxRun.Floats(encoder.ModelPath, "embedding", ("pixel_values", pixels, [2, 3, Side, Side])), precision);
        Assert.Equal((64, 73, Interpolation.Bicubic, ResizeMode.ShortestSide), (encoder.Config.Image!.Size, encoder.Config.Image.ResizeTo, encoder.Config.Image.Interpolation, encoder.Config.Image.ResizeMode));
        Assert.Equal([0.5f, 0.4f, 0.3f], encoder.Config.Image.Mean);
    }

    [Fact]
    public void Timms_settings_are_read()
    {
        TorchResNet.Weights(bottleneck: true).Save(Source);
        WriteSource("config.json", """{"architecture":"resnet50","pretrained_cfg":{"input_size":[3,224,224],"interpolation":"bicubic","crop_pct":0.95,"mean":[0.1,0.2,0.3],"std":[0.4,0.5,0.6]}}""");
        var image = Convert(new ConvertOptions())[0].Config.Image!;
        Assert.Equal((224, 235, Interpolation.Bicubic), (image.Size, image.ResizeTo, image.Interpolation));
        Assert.Equal([0.4f, 0.5f, 0.6f], image.Std);
    }

    [Fact]
    public void Without_settings_torchvisions_are_taken()
    {
        TorchResNet.Weights(bottleneck: true).Save(Source);
        var image = Convert(new ConvertOptions())[0].Config.Image!;
        Assert.Equal((224, 256, Interpolation.Bilinear), (image.Size, image.ResizeTo, image.Interpolation));
    }

    [Fact]
    public void An_unsupported_filter_and_weights_of_another_model_are_named()
    {
        TorchResNet.Weights(bottleneck: true).Save(Source);
        WriteSource("preprocessor_config.json", """{"size":64,"crop_pct":0.875,"resample":1,"image_mean":[0,0,0],"image_std":[1,1,1]}""");
        Assert.Contains("resample is 1", ConvertError());
        new RandomCheckpoint(1).Linear("fc", 2, 2).Save(Source);
        File.Delete(Path.Combine(Source, "preprocessor_config.json"));
        Assert.Contains("named neither like Hugging Face's ResNet", ConvertError());
    }
}
