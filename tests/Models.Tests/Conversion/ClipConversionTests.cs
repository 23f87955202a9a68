using TorchSharp;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Conversion;

public sealed class ClipConversionTests : ConversionTest
{
    private const int Vocabulary = 40, TextWidth = 16, ImageWidth = 24, Output = 12, Side = 32, Patch = 8, Cells = 16;
    private static readonly long[] Ids = [38, 4, 5, 6, 39, 38, 7, 39, 39, 39];

    [Theory]
    [InlineData(2, Precision.Float32)]
    [InlineData(39, Precision.Float32)]
    [InlineData(39, Precision.Float16)]
    public void Texts_are_answered_as_torch_does(int endInConfig, Precision precision)
    {
        var weights = WriteModel(endInConfig);

        var encoder = Convert(new ConvertOptions { Precision = precision })[0];

        var w = weights;
        var ids = tensor(Ids, [2, 5]);
        var x = w["text_model.embeddings.token_embedding.weight"].index_select(0, ids.flatten()).view(2, 5, TextWidth)
            + w["text_model.embeddings.position_embedding.weight"].narrow(0, 0, 5);
        var later = ones([5, 5]).triu(1).eq(1).unsqueeze(0);
        x = TorchTransformer.Norm(w, "text_model.final_layer_norm", TorchTransformer.ClipLayers(w, "text_model.", x, later, 2, 4, 1e-5), 1e-5);
        var ends = cat([x[0][4].unsqueeze(0), x[1][2].unsqueeze(0)], 0);   // the first end-of-text of each
        AssertSame(TorchTransformer.Linear(w, "text_projection", ends), OnnxRun.Floats(encoder.ModelPath, "embedding", ("input_ids", Ids, [2, 5])), precision);
        Assert.Equal(("target-text", TokenizerType.ClipBpe, 9), (encoder.Config.Name, encoder.Config.Tokenizer!.Type, encoder.Config.Tokenizer.MaxLength));
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Float16)]
    public void Pictures_are_answered_as_torch_does(Precision precision)
    {
        var w = WriteModel(2);

        var encoder = Convert(new ConvertOptions { Precision = precision, Normalize = true })[1];

        float[] pixels = Pixels(2, Side);
        var patches = nn.functional.conv2d(tensor(pixels, [2, 3, Side, Side]), w["vision_model.embeddings.patch_embedding.weight"], strides: [Patch, Patch]);
        var tokens = patches.flatten(2).transpose(1, 2);
        var x = cat([w["vision_model.embeddings.class_embedding"].expand(2, 1, ImageWidth), tokens], 1) + w["vision_model.embeddings.position_embedding.weight"];
        x = TorchTransformer.ClipLayers(w, "vision_model.", TorchTransformer.Norm(w, "vision_model.pre_layrnorm", x, 1e-5), null, 2, 4, 1e-5);
        var pooled = TorchTransformer.Norm(w, "vision_model.post_layernorm", x.select(1, 0), 1e-5);
        var expected = nn.functional.normalize(TorchTransformer.Linear(w, "visual_projection", pooled));
        AssertSame(expected, OnnxRun.Floats(encoder.ModelPath, "embedding", ("pixel_values", pixels, [2, 3, Side, Side])), precision);
        Assert.Equal((Side, 0, Interpolation.Bicubic), (encoder.Config.Image!.Size, encoder.Config.Image.ResizeTo, encoder.Config.Image.Interpolation));
        Assert.EndsWith("target-image", encoder.Folder);
    }

    [Fact]
    public void Missing_merges_and_an_unfitting_picture_size_are_named()
    {
        WriteModel(2);
        WriteSource("preprocessor_config.json", """{"size":48,"do_center_crop":true,"crop_size":48,"resample":3,"image_mean":[0,0,0],"image_std":[1,1,1]}""");
        Assert.Contains("cuts out 48 pixels", ConvertError());
        File.Delete(Path.Combine(Source, "merges.txt"));
        Assert.Contains("merges.txt", ConvertError());
    }

    private RandomCheckpoint WriteModel(int endInConfig)
    {
        var w = new RandomCheckpoint(7)
            .Add("text_model.embeddings.token_embedding.weight", 0.5f, 0, Vocabulary, TextWidth)
            .Add("text_model.embeddings.position_embedding.weight", 0.5f, 0, 9, TextWidth)
            .Norm("text_model.final_layer_norm", TextWidth)
            .Linear("text_projection", Output, TextWidth, bias: false)
            .Add("vision_model.embeddings.class_embedding", 0.5f, 0, ImageWidth)
            .Add("vision_model.embeddings.patch_embedding.weight", 0.1f, 0, ImageWidth, 3, Patch, Patch)
            .Add("vision_model.embeddings.position_embedding.weight", 0.5f, 0, Cells + 1, ImageWidth)
            .Norm("vision_model.pre_layrnorm", ImageWidth)
            .Norm("vision_model.post_layernorm", ImageWidth)
            .Linear("visual_projection", Output, ImageWidth, bias: false)
            .Add("logit_scale", 0, 4.6f);
        TorchTransformer.AddClipLayers(w, "text_model.", TextWidth, 2, 30);
        TorchTransformer.AddClipLayers(w, "vision_model.", ImageWidth, 2, 50);
        w.Save(Source);
        WriteSource("config.json", $$$"""
            {"model_type":"clip","projection_dim":12,
             "text_config":{"vocab_size":40,"hidden_size":16,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":30,"max_position_embeddings":9,"eos_token_id":{{{endInConfig}}} },
             "vision_config":{"hidden_size":24,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":50,"image_size":32,"patch_size":8}}
            """);
        WriteSource("vocab.json", "{}");
        WriteSource("merges.txt", "#version: 0.2\n");
        WriteSource("preprocessor_config.json", """{"size":32,"do_center_crop":true,"crop_size":32,"resample":3,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]}""");
        return w;
    }
}
