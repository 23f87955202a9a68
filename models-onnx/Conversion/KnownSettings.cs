namespace UniM2Rec.Models.Conversion;

/// <summary>
/// Keys of a Hugging Face folder's files that change nothing here: names, versions, and what concerns training, other tasks, or the generation of text.
/// </summary>
internal static class KnownSettings
{
    /// <summary>config.json of any architecture.</summary>
    public static IReadOnlySet<string> Model { get; } = new HashSet<string>
    {
        "model_type", "_name_or_path", "name_or_path", "architectures", "transformers_version", "torch_dtype", "dtype", "tokenizer_class", "language", "license", "model_name", "_commit_hash",
        "attention_probs_dropout_prob", "hidden_dropout_prob", "attention_dropout", "dropout", "classifier_dropout", "initializer_range", "initializer_factor", "logit_scale_init_value",
        "gradient_checkpointing", "id2label", "label2id", "num_labels", "problem_type", "finetuning_task", "task_specific_params",
        "pad_token_id", "bos_token_id", "eos_token_id", "sep_token_id", "cls_token_id", "decoder_start_token_id", "use_cache", "output_past", "return_dict", "output_attentions",
        "output_hidden_states", "torchscript", "use_bfloat16", "chunk_size_feed_forward", "tie_word_embeddings", "tie_encoder_decoder", "is_encoder_decoder", "add_cross_attention",
        "cross_attention_hidden_size", "tf_legacy_loss", "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type",
        "bad_words_ids", "begin_suppress_tokens", "diversity_penalty", "do_sample", "early_stopping", "encoder_no_repeat_ngram_size", "exponential_decay_length_penalty",
        "forced_bos_token_id", "forced_eos_token_id", "length_penalty", "max_length", "min_length", "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences",
        "output_scores", "prefix", "remove_invalid_values", "repetition_penalty", "return_dict_in_generate", "suppress_tokens", "temperature", "top_k", "top_p", "typical_p",
        "gradient_checkpointing_kwargs", "attn_implementation", "_attn_implementation_autoset", "sentence_transformers",
    };

    /// <summary>config.json of a ResNet: sizes that its weights show too, and what concerns its use as part of another network.</summary>
    public static IReadOnlySet<string> ResNet { get; } = new HashSet<string>(Model)
    {
        "architecture", "pretrained_cfg", "depths", "hidden_sizes", "embedding_size", "layer_type", "out_features", "out_indices", "stage_names", "num_classes", "num_features", "label_names", "label_descriptions",
    };

    /// <summary>config.json of VisualBERT, and of CLIP and its two towers.</summary>
    public static IReadOnlySet<string> Cross { get; } = new HashSet<string>(Model) { "special_visual_initialize", "projection_dim" };

    /// <summary>timm's part of config.json.</summary>
    public static IReadOnlySet<string> Timm { get; } = new HashSet<string>
    {
        "tag", "custom_load", "num_classes", "pool_size", "first_conv", "classifier", "url", "file", "hf_hub_id", "hf_hub_filename", "architecture", "license", "origin_url", "paper_name",
        "paper_ids", "paper_url", "notes", "source", "fixed_input_size", "min_input_size", "test_input_size", "test_crop_pct", "label_offset", "label_names", "label_descriptions",
    };

    /// <summary>tokenizer_config.json. How long texts are and how batches are padded is said by others.</summary>
    public static IReadOnlySet<string> Tokenizer { get; } = new HashSet<string>
    {
        "clean_up_tokenization_spaces", "name_or_path", "special_tokens_map_file", "tokenizer_file", "full_tokenizer_file", "vocab_file", "merges_file", "model_input_names", "max_length", "max_len",
        "stride", "truncation_strategy", "pad_token_type_id", "pad_to_multiple_of", "is_local", "local_files_only", "use_fast", "processor_class", "backend", "trust_remote_code", "errors",
        "special_tokens", "bos_token", "eos_token", "model_type",
    };

    /// <summary>tokenizer.json: how pieces become text again, and what whoever calls it overrides.</summary>
    public static IReadOnlySet<string> TokenizerModel { get; } = new HashSet<string> { "version", "truncation", "padding", "decoder" };

    /// <summary>sentence_bert_config.json.</summary>
    public static IReadOnlySet<string> SentenceTransformer { get; } = new HashSet<string> { "unpad_inputs", "modality_config" };

    /// <summary>1_Pooling/config.json.</summary>
    public static IReadOnlySet<string> Pooling { get; } = new HashSet<string> { "word_embedding_dimension", "embedding_dimension", "include_prompt" };

    /// <summary>An entry of modules.json.</summary>
    public static IReadOnlySet<string> Module { get; } = new HashSet<string> { "idx", "name" };

    /// <summary>config_sentence_transformers.json: prompts count only where one is the default.</summary>
    public static IReadOnlySet<string> Sentences { get; } = new HashSet<string> { "__version__", "prompts", "similarity_fn_name" };

    /// <summary>preprocessor_config.json.</summary>
    public static IReadOnlySet<string> Pictures { get; } = new HashSet<string>
    {
        "processor_class", "do_convert_rgb", "return_tensors", "_valid_processor_keys", "use_fast", "disable_grouping", "device", "_processor_class", "model_input_names",
    };
}
