using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Tests.Conversion;

/// <summary>Settings in the files of a Hugging Face folder: honoured, known to change nothing, or refused by name; none passes for its default.</summary>
public sealed class FolderSettingsTests : ConversionTest
{
    private const string Modules = """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]""";

    [Theory]
    [InlineData("tokenizer_config.json", """{"do_basic_tokenize": false}""", "do_basic_tokenize is false")]
    [InlineData("tokenizer_config.json", """{"never_split": ["c3po"]}""", "never_split is [\"c3po\"]")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class": "XLMRobertaTokenizer"}""", "tokenizer_class is \"XLMRobertaTokenizer\"")]
    [InlineData("tokenizer_config.json", """{"cls_token": "<s>"}""", "cls_token is \"<s>\"")]
    [InlineData("tokenizer_config.json", """{"unk_token": {"content": "<unk>"}}""", "unk_token is")]
    [InlineData("tokenizer_config.json", """{"additional_special_tokens": ["[E1]"]}""", "additional_special_tokens")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"0": {"content": "[PAD]"}, "9": {"content": "[BRAND]"}}}""", "added_tokens_decoder.9 is")]
    [InlineData("tokenizer_config.json", """{"padding_side": "left"}""", "padding_side is \"left\"")]
    [InlineData("tokenizer_config.json", """{"some_new_switch": true}""", "some_new_switch is true, which is not known here")]
    [InlineData("tokenizer.json", """{"model": {"type": "BPE", "vocab": {}}}""", "model.type is \"BPE\"")]
    [InlineData("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {}, "max_input_chars_per_word": 20}}""", "model.max_input_chars_per_word is 20")]
    [InlineData("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {"t0": 2000000000}}}""", "ids from 0 to 11")]
    [InlineData("tokenizer.json", """{"normalizer": {"type": "BertNormalizer", "lowercase": false}, "model": {"type": "WordPiece", "vocab": {}}}""", "normalizer.lowercase is false, but tokenizer_config.json means true")]
    [InlineData("tokenizer.json", """{"normalizer": {"type": "NFKC"}, "model": {"type": "WordPiece", "vocab": {}}}""", "normalizer.type is \"NFKC\"")]
    [InlineData("tokenizer.json", """{"pre_tokenizer": {"type": "Whitespace"}, "model": {"type": "WordPiece", "vocab": {}}}""", "pre_tokenizer.type is \"Whitespace\"")]
    [InlineData("tokenizer.json", """{"added_tokens": [{"id": 5, "content": "[BRAND]"}], "model": {"type": "WordPiece", "vocab": {}}}""", "added_tokens[0].content is \"[BRAND]\"")]
    [InlineData("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {"other": 0}}}""", "are not the same")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length": 12, "transformer_task": "fill-mask"}""", "transformer_task is \"fill-mask\"")]
    [InlineData("sentence_bert_config.json", """{"model_args": {"attn": "flash"}}""", "model_args is")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": "lasttoken"}""", "pooling_mode is \"lasttoken\"")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": ["cls", "mean"]}""", "pooling_mode is [\"cls\", \"mean\"]")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode": "cls", "pooling_mode_mean_tokens": true}""", "pooling_mode_mean_tokens is true")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_cls_token": true}""", "asks for 2 kinds of pooling")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_mean_tokens": true, "pooling_mode_by_attention": true}""", "pooling_mode_by_attention is true, which is not known here")]
    [InlineData("modules.json", """[{"path":"0_Transformer","type":"sentence_transformers.models.Transformer"}]""", "[0].path is \"0_Transformer\"")]
    [InlineData("modules.json", """[{"path":"","type":"mine.Transformer"}]""", "[0].type is \"mine.Transformer\"")]
    [InlineData("modules.json", """[{"path":"","type":"sentence_transformers.models.Transformer"},{"path":"1","type":"sentence_transformers.models.Normalize"},{"path":"2","type":"sentence_transformers.models.Pooling"}]""", "lists the modules Transformer, Normalize, Pooling")]
    [InlineData("modules.json", """{"type": 3}""", "is not a JSON list of objects")]
    [InlineData("config_sentence_transformers.json", """{"prompts": {"query": "query: "}, "default_prompt_name": "query"}""", "default_prompt_name is \"query\"")]
    [InlineData("config_sentence_transformers.json", """{"truncate_dim": 64}""", "truncate_dim is 64")]
    [InlineData("config_sentence_transformers.json", """{"model_type": "SparseEncoder"}""", "model_type is \"SparseEncoder\"")]
    [InlineData("config.json+", "\"quantization_config\":{\"bits\":4},", "quantization_config is")]
    [InlineData("config.json+", "\"auto_map\":{\"AutoModel\":\"x.Y\"},", "auto_map is")]
    [InlineData("config.json+", "\"pruned_heads\":{\"0\":[1]},", "pruned_heads is")]
    public void What_would_give_other_vectors_is_refused_by_name(string file, string content, string expected)
    {
        WriteModel();
        if (file == "config.json+")
            WriteSource("config.json", "{" + content + Config[1..]);
        else
            WriteSource(file, content);

        string error = ConvertError();

        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains(file.TrimEnd('+'), error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"embedding_dimension": 8, "pooling_mode": "cls", "include_prompt": true}""", SentencePooling.Cls)]
    [InlineData("""{"pooling_mode": ["max"]}""", SentencePooling.Max)]
    [InlineData("""{"pooling_mode": "mean", "pooling_mode_cls_token": false}""", SentencePooling.Mean)]
    [InlineData("""{"word_embedding_dimension": 8, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}""", SentencePooling.Cls)]
    [InlineData("""{"word_embedding_dimension": 8}""", SentencePooling.Mean)]
    public void Both_forms_of_pooling_are_honoured(string pooling, SentencePooling expected)
    {
        WriteModel();
        WriteSource("1_Pooling/config.json", pooling);
        WriteSource("modules.json", Modules);

        Assert.Equal(expected, SentenceModules.Read(Source).Pooling);
        string own = Directory.GetFiles(Convert(new ConvertOptions())[0].Folder, "model.onnx").Select(Hash).Single();
        Assert.Equal(Directory.GetFiles(Convert(new ConvertOptions { Pooling = expected })[0].Folder, "model.onnx").Select(Hash).Single(), own);
    }

    [Fact]
    public void A_pooling_lies_where_the_list_of_modules_says()
    {
        WriteModel();
        WriteSource("modules.json", Modules.Replace("\"1_Pooling\"", "\"elsewhere\"", StringComparison.Ordinal));
        WriteSource("elsewhere/config.json", """{"pooling_mode": "max"}""");
        WriteSource("1_Pooling/config.json", """{"pooling_mode": "cls"}""");

        Assert.Equal(SentencePooling.Max, SentenceModules.Read(Source).Pooling);
    }

    [Fact]
    public void A_tokenizers_settings_are_honoured()
    {
        WriteModel();
        WriteSource("tokenizer_config.json", """{"do_lower_case": true, "tokenize_chinese_chars": false, "strip_accents": false}""");
        var spec = Convert(new ConvertOptions())[0].Config.Tokenizer!;
        Assert.Equal((true, false, true), (spec.Lowercase, spec.StripAccents, spec.JoinIdeographs));

        WriteSource("tokenizer_config.json", """{"do_lower_case": false}""");
        WriteSource("sentence_bert_config.json", """{"max_seq_length": null, "do_lower_case": true}""");
        spec = Convert(new ConvertOptions())[0].Config.Tokenizer!;
        Assert.Equal((true, false, false, 10), (spec.Lowercase, spec.StripAccents, spec.JoinIdeographs, spec.MaxLength));
    }

    /// <summary>The keys that published folders have beside those that count.</summary>
    [Fact]
    public void What_is_known_to_change_nothing_is_passed_over()
    {
        WriteModel();
        WriteSource("config.json", """{"_name_or_path": "x", "architectures": ["BertModel"], "attention_probs_dropout_prob": 0.1, "gradient_checkpointing": false, "pad_token_id": 0, "id2label": {"0": "A"}, "transformers_version": "4.8.2", "use_cache": true, "torch_dtype": "float32", "directionality": "bidi", "pruned_heads": {}, """ + Config[1..]);
        WriteSource("tokenizer_config.json", """{"do_lower_case": true, "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": {"content": "[MASK]", "lstrip": false}, "tokenize_chinese_chars": true, "strip_accents": null, "name_or_path": "x", "do_basic_tokenize": true, "never_split": null, "tokenizer_class": "BertTokenizer", "model_max_length": 512, "additional_special_tokens": [], "clean_up_tokenization_spaces": true, "extra_special_tokens": {}, "padding_side": "right", "added_tokens_decoder": {"0": {"content": "[PAD]", "special": true}}}""");
        WriteSource("tokenizer.json", """{"version": "1.0", "truncation": {"max_length": 128}, "padding": null, "added_tokens": [{"id": 0, "content": "[PAD]"}], "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": {"type": "TemplateProcessing", "single": []}, "decoder": {"type": "WordPiece"}, "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {""" + string.Join(',', Enumerable.Range(0, 12).Select(i => $"\"t{i}\":{i}")) + "}}}");
        WriteSource("config_sentence_transformers.json", """{"__version__": {"sentence_transformers": "5.4.0"}, "prompts": {"query": "", "document": ""}, "default_prompt_name": null, "similarity_fn_name": "cosine", "model_type": "SentenceTransformer"}""");
        WriteSource("sentence_bert_config.json", """{"max_seq_length": 8, "do_lower_case": false, "transformer_task": "feature-extraction"}""");
        WriteSource("modules.json", Modules);
        WriteSource("1_Pooling/config.json", """{"word_embedding_dimension": 8, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false, "pooling_mode_weightedmean_tokens": false, "pooling_mode_lasttoken": false, "include_prompt": true}""");

        Assert.Equal(8, Convert(new ConvertOptions())[0].Config.Tokenizer!.MaxLength);
    }

    [Theory]
    [InlineData("""{"crop_pct": 0.875, "do_normalize": true, "do_resize": true, "feature_extractor_type": "ConvNextFeatureExtractor", "image_mean": [0.1, 0.2, 0.3], "image_std": [1, 1, 1], "resample": 3, "size": 224}""", 224, 256, Interpolation.Bicubic, 0.1f)]
    [InlineData("""{"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}}""", 224, 256, Interpolation.Bilinear, 0.5f)]
    [InlineData("""{"image_processor_type": "CLIPImageProcessorFast", "do_pad": null}""", 224, 0, Interpolation.Bicubic, 0.48145466f)]
    [InlineData("""{"image_processor_type": "ViTImageProcessor"}""", 224, 0, Interpolation.Bilinear, 0.5f)]
    [InlineData("""{"do_center_crop": true, "crop_size": 32, "size": 48, "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}""", 32, 48, Interpolation.Bicubic, 0f)]
    public void What_a_preprocessor_leaves_out_has_the_default_of_its_class(string content, int size, int resizeTo, Interpolation interpolation, float mean)
    {
        WriteSource("preprocessor_config.json", content);

        var spec = ImagePreprocessor.Read(Source, ImagePreprocessor.ImageNet);

        Assert.Equal((size, resizeTo, interpolation, mean), (spec.Size, spec.ResizeTo, spec.Interpolation, spec.Mean[0]));
    }

    [Theory]
    [InlineData("""{"do_resize": false}""", "do_resize is false")]
    [InlineData("""{"do_flip_channel_order": true}""", "do_flip_channel_order is true")]
    [InlineData("""{"image_processor_type": "SiglipImageProcessor"}""", "image_processor_type is \"SiglipImageProcessor\"")]
    [InlineData("""{"size": {"longest_edge": 448, "shortest_edge": 224}, "do_center_crop": true}""", "size.longest_edge is 448, which is not known here")]
    [InlineData("""{"crop_pct": 1e-9}""", "crop_pct is 1e-9")]
    [InlineData("""{"image_mean": [0.5]}""", "image_mean is [0.5]")]
    [InlineData("""{"do_sharpen": true}""", "do_sharpen is true, which is not known here")]
    [InlineData("""{"size": 2000000000}""", "size is 2000000000")]
    public void A_preparation_that_is_not_done_is_refused(string content, string expected)
    {
        WriteSource("preprocessor_config.json", content);

        var error = Assert.Throws<UniM2Rec.Diagnostics.UserErrorException>(() => ImagePreprocessor.Read(Source, ImagePreprocessor.ImageNet));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private const string Config = """{"model_type":"bert","vocab_size":12,"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":12,"max_position_embeddings":10,"type_vocab_size":2}""";

    private void WriteModel()
    {
        var weights = new RandomCheckpoint(3);
        TorchTransformer.AddBert(weights, "", 12, 8, 1, 12, 10);
        WriteSource("config.json", Config);
        WriteSource("vocab.txt", string.Concat(Enumerable.Range(0, 12).Select(i => $"t{i}\n")));
        weights.Save(Source);
    }

    private static string Hash(string path) => System.Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
}
