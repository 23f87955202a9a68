using TorchSharp;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Families;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Conversion;

public sealed class VisualBertConversionTests : ConversionTest
{
    private const int Width = 24, Layers = 2, Heads = 4, Side = 64, Cells = 4;
    private const string Prefix = "visual_bert.";
    private static readonly long[] Ids = [2, 7, 9, 30, 3, 2, 11, 3, 0, 0, 2, 3, 0, 0, 0];
    private static readonly long[] Mask = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0];
    private static readonly float[] HasImage = [1, 0, 1];   // the last item has no text but its two special tokens

    private string Backbone => Path.Combine(Source, "resnet");

    [Theory]
    [InlineData(SentencePooling.Cls, Precision.Float32)]
    [InlineData(SentencePooling.Mean, Precision.Float32)]
    [InlineData(SentencePooling.Pooler, Precision.Float32)]
    [InlineData(SentencePooling.Cls, Precision.Float16)]
    public void Answers_as_torch_does_with_either_side_missing(SentencePooling pooling, Precision precision)
    {
        var (weights, resnet) = WriteModel();

        var encoder = Convert(new ConvertOptions { ImageBackbone = Backbone, Pooling = pooling, Precision = precision })[0];

        float[] pixels = Pixels(3, Side);
        AssertSame(Expected(weights, resnet, pixels, pooling), Run(encoder, pixels), precision);
        Assert.Equal(EncoderModality.Cross, encoder.Config.Modality);
    }

    [Fact]
    public void The_pixels_of_a_missing_picture_do_not_matter()
    {
        WriteModel();
        var encoder = Convert(new ConvertOptions { ImageBackbone = Backbone })[0];
        float[] pixels = Pixels(3, Side);
        float[] before = Run(encoder, pixels);
        pixels.AsSpan(3 * Side * Side, 3 * Side * Side).Clear();
        Assert.Equal(before[Width..(2 * Width)], Run(encoder, pixels)[Width..(2 * Width)]);
    }

    [Fact]
    public void A_missing_or_unfitting_backbone_is_named()
    {
        WriteModel();
        Assert.Contains("image backbone", ConvertError());
        WriteSource("config.json", File.ReadAllText(Path.Combine(Source, "config.json")).Replace("\"visual_embedding_dim\":64", "\"visual_embedding_dim\":2048"));
        Assert.Contains("gives 64 channels", ConvertError(new ConvertOptions { ImageBackbone = Backbone }));
    }

    private static float[] Run(EncoderFolder encoder, float[] pixels) => OnnxRun.Floats(
        encoder.ModelPath, "embedding", ("input_ids", Ids, [3, 5]), ("attention_mask", Mask, [3, 5]), ("token_type_ids", new long[15], [3, 5]),
        ("pixel_values", pixels, [3, 3, Side, Side]), ("has_image", HasImage, [3]));

    private static Tensor Expected(RandomCheckpoint w, RandomCheckpoint resnet, float[] pixels, SentencePooling pooling)
    {
        var text = TorchTransformer.BertEmbeddings(w, Prefix, tensor(Ids, [3, 5]), zeros([3, 5], ScalarType.Int64));
        var cells = TorchResNet.Maps(resnet, tensor(pixels, [3, 3, Side, Side])).flatten(2).transpose(1, 2);
        var visual = TorchTransformer.Linear(w, Prefix + "embeddings.visual_projection", cells)
            + w[Prefix + "embeddings.visual_token_type_embeddings.weight"].select(0, 1)
            + w[Prefix + "embeddings.visual_position_embeddings.weight"].select(0, 0);
        var visualMask = tensor(HasImage, [3, 1]).to_type(ScalarType.Int64).expand(3, Cells);
        var mask = cat([tensor(Mask, [3, 5]), visualMask], 1);
        var state = TorchTransformer.BertLayers(w, Prefix, cat([text, visual], 1), mask, Layers, Heads, 1e-12);
        var shown = mask.unsqueeze(2).to_type(ScalarType.Float32);
        return pooling switch
        {
            SentencePooling.Mean => (state * shown).sum(1) / shown.sum(1),
            SentencePooling.Pooler => TorchTransformer.Linear(w, Prefix + "pooler.dense", state.select(1, 0)).tanh(),
            _ => state.select(1, 0),
        };
    }

    private (RandomCheckpoint, RandomCheckpoint) WriteModel()
    {
        var weights = new RandomCheckpoint(6);
        TorchTransformer.AddBert(weights, Prefix, 50, Width, Layers, 40, 20);
        weights.Linear(Prefix + "embeddings.visual_projection", Width, TorchResNet.Channels)
            .Add(Prefix + "embeddings.visual_token_type_embeddings.weight", 0.5f, 0, 2, Width)
            .Add(Prefix + "embeddings.visual_position_embeddings.weight", 0.5f, 0, 20, Width);
        weights.Save(Source);
        WriteSource("config.json", """{"model_type":"visual_bert","vocab_size":50,"hidden_size":24,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":40,"max_position_embeddings":20,"type_vocab_size":2,"visual_embedding_dim":64}""");
        WriteSource("vocab.txt", string.Concat(Enumerable.Range(0, 50).Select(i => $"t{i}\n")));
        var resnet = TorchResNet.Weights(bottleneck: true);
        resnet.Save(Backbone, TorchResNet.HuggingFaceName);
        WriteSource("resnet/preprocessor_config.json", """{"size":64,"crop_pct":0.875,"resample":3,"image_mean":[0.5,0.4,0.3],"image_std":[0.2,0.3,0.4]}""");
        return (weights, resnet);
    }
}
