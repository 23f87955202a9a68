using TorchSharp;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Families;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Conversion;

public sealed class BertConversionTests : ConversionTest
{
    private const int Vocabulary = 50, Width = 24, Layers = 3, Heads = 4, Inner = 60, Positions = 20;
    private static readonly long[] Ids = [2, 7, 9, 30, 3, 2, 11, 3, 0, 0];
    private static readonly long[] Mask = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
    private static readonly long[] Types = [0, 0, 1, 1, 1, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData(SentencePooling.Cls, Precision.Float32)]
    [InlineData(SentencePooling.Mean, Precision.Float32)]
    [InlineData(SentencePooling.Max, Precision.Float32)]
    [InlineData(SentencePooling.Pooler, Precision.Float32)]
    [InlineData(SentencePooling.Cls, Precision.Float16)]
    [InlineData(SentencePooling.Mean, Precision.Float16)]
    public void Answers_as_torch_does(SentencePooling pooling, Precision precision)
    {
        var weights = WriteModel("bert.");

        var encoder = Convert(new ConvertOptions { Pooling = pooling, Precision = precision })[0];

        AssertSame(Expected(weights, "bert.", pooling), Run(encoder), precision);
    }

    [Fact]
    public void Old_names_of_normalisations_and_no_prefix_are_understood()
    {
        var weights = WriteModel("", name => name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta"));
        AssertSame(Expected(weights, "", SentencePooling.Cls), Run(Convert(new ConvertOptions())[0]), Precision.Float32);
    }

    [Fact]
    public void Weights_outside_the_model_answer_the_same_and_count_in_the_fingerprint()
    {
        var weights = WriteModel("");
        var encoder = Convert(new ConvertOptions { ExternalDataThreshold = 0 })[0];
        AssertSame(Expected(weights, "", SentencePooling.Cls), Run(encoder), Precision.Float32);

        string before = encoder.Fingerprint();
        byte[] data = File.ReadAllBytes(encoder.ModelPath + ".data");
        data[4096] ^= 1;
        File.WriteAllBytes(encoder.ModelPath + ".data", data);
        Assert.NotEqual(before, encoder.Fingerprint());
    }

    [Fact]
    public void A_sentence_encoder_brings_its_pooling_normalisation_and_length()
    {
        var weights = WriteModel("");
        WriteSource("1_Pooling/config.json", """{"word_embedding_dimension": 24, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}""");
        WriteSource("modules.json", """[{"type":"sentence_transformers.models.Transformer"},{"type":"sentence_transformers.models.Pooling"},{"type":"sentence_transformers.models.Normalize"}]""");
        WriteSource("sentence_bert_config.json", """{"max_seq_length": 12, "do_lower_case": false}""");

        var encoder = Convert(new ConvertOptions())[0];

        AssertSame(nn.functional.normalize(Expected(weights, "", SentencePooling.Mean)), Run(encoder), Precision.Float32);
        Assert.Equal(12, encoder.Config.Tokenizer!.MaxLength);
    }

    [Fact]
    public void The_tokenizers_settings_go_into_the_encoder()
    {
        WriteModel("");
        WriteSource("tokenizer_config.json", """{"do_lower_case": false, "strip_accents": null, "model_max_length": 1e30}""");

        var encoder = Convert(new ConvertOptions { Name = "mine" })[0];

        Assert.Equal("mine", encoder.Config.Name);
        Assert.Equal(new TokenizerSpec { Type = TokenizerType.WordPiece, Vocabulary = "vocab.txt", Lowercase = false, StripAccents = false, MaxLength = Positions }, encoder.Config.Tokenizer);
        Assert.Equal(Vocabulary, File.ReadLines(encoder.VocabularyPath!).Count());
    }

    [Fact]
    public void The_vocabulary_may_come_from_tokenizer_json()
    {
        WriteModel("");
        File.Delete(Path.Combine(Source, "vocab.txt"));
        WriteSource("tokenizer.json", """{"model":{"type":"WordPiece","vocab":{"b":1,"a":0,"c":2}}}""");
        Assert.Equal(["a", "b", "c"], File.ReadLines(Convert(new ConvertOptions())[0].VocabularyPath!));
    }

    [Theory]
    [InlineData("config.json", "\"model_type\":\"bert\"", "\"model_type\":\"bart\"", "did you mean 'bert'")]
    [InlineData("config.json", "\"hidden_act\":\"gelu\"", "\"hidden_act\":\"swish\"", "hidden_act")]
    [InlineData("config.json", "\"vocab_size\":50,", "", "vocab_size")]
    [InlineData("config.json", "\"vocab_size\":50", "\"vocab_size\":51", "has shape [50, 24], but config.json asks for [51, 24]")]
    [InlineData("config.json", "\"num_hidden_layers\":3", "\"num_hidden_layers\":4", "encoder.layer.3")]
    [InlineData("config.json", "\"num_attention_heads\":4", "\"num_attention_heads\":5", "must divide hidden_size")]
    [InlineData("config.json", "{", "{\"position_embedding_type\":\"relative_key\",", "position_embedding_type")]
    [InlineData("config.json", "{", "{{", "not readable JSON")]
    [InlineData("vocab.txt", "t0\n", "t0\nx\n", "has 51 tokens")]
    public void What_can_not_be_converted_is_named(string file, string was, string becomes, string expected)
    {
        WriteModel("");
        WriteSource(file, ReplaceFirst(File.ReadAllText(Path.Combine(Source, file)), was, becomes));
        Assert.Contains(expected, ConvertError());
        Assert.False(File.Exists(Path.Combine(Target, "encoder.json")));
    }

    [Fact]
    public void A_pickled_checkpoint_and_an_unknown_module_are_refused()
    {
        WriteModel("");
        WriteSource("modules.json", """[{"type":"sentence_transformers.models.Dense"}]""");
        Assert.Contains("modules.json: [0].type is \"sentence_transformers.models.Dense\"", ConvertError());
        File.Move(Path.Combine(Source, "model.safetensors"), Path.Combine(Source, "pytorch_model.bin"));
        Assert.Contains("pytorch_model.bin but no model.safetensors", ConvertError());
        Assert.Contains("20 positions", Assert.Throws<UniM2Rec.Diagnostics.UserErrorException>(() =>
        {
            WriteModel("");
            File.Delete(Path.Combine(Source, "modules.json"));
            Convert(new ConvertOptions { MaxLength = 21 });
        }).Message);
    }

    private static string ReplaceFirst(string text, string was, string becomes)
    {
        int at = text.IndexOf(was, StringComparison.Ordinal);
        Assert.True(at >= 0);
        return text[..at] + becomes + text[(at + was.Length)..];
    }

    private static float[] Run(EncoderFolder encoder) => OnnxRun.Floats(
        encoder.ModelPath, "embedding", ("input_ids", Ids, [2, 5]), ("attention_mask", Mask, [2, 5]), ("token_type_ids", Types, [2, 5]));

    private static Tensor Expected(RandomCheckpoint weights, string prefix, SentencePooling pooling)
    {
        var mask = tensor(Mask, [2, 5]);
        var embedded = TorchTransformer.BertEmbeddings(weights, prefix, tensor(Ids, [2, 5]), tensor(Types, [2, 5]));
        var state = TorchTransformer.BertLayers(weights, prefix, embedded, mask, Layers, Heads, 1e-12);
        var shown = mask.unsqueeze(2).to_type(ScalarType.Float32);
        return pooling switch
        {
            SentencePooling.Mean => (state * shown).sum(1) / shown.sum(1),
            SentencePooling.Max => state.masked_fill(shown.eq(0), double.NegativeInfinity).amax(1),
            SentencePooling.Pooler => TorchTransformer.Linear(weights, prefix + "pooler.dense", state.select(1, 0)).tanh(),
            _ => state.select(1, 0),
        };
    }

    private RandomCheckpoint WriteModel(string prefix, Func<string, string>? rename = null)
    {
        var weights = new RandomCheckpoint(5);
        TorchTransformer.AddBert(weights, prefix, Vocabulary, Width, Layers, Inner, Positions);
        weights.Save(Source, rename);
        WriteSource("config.json", """{"model_type":"bert","vocab_size":50,"hidden_size":24,"num_hidden_layers":3,"num_attention_heads":4,"intermediate_size":60,"max_position_embeddings":20,"type_vocab_size":2,"hidden_act":"gelu","layer_norm_eps":1e-12}""");
        WriteSource("vocab.txt", string.Concat(Enumerable.Range(0, Vocabulary).Select(i => $"t{i}\n")));
        return weights;
    }
}
