using System.Text.Json;

namespace UniM2Rec.Models.Conversion;

/// <summary>What tokenizer_config.json says; what is missing has the default of Hugging Face's BertTokenizer.</summary>
/// <param name="Lowercase">do_lower_case</param>
/// <param name="StripAccents">strip_accents, which follows do_lower_case where it is null</param>
/// <param name="SplitsIdeographs">tokenize_chinese_chars</param>
/// <param name="MaxLength">model_max_length, or null</param>
internal sealed record TokenizerSettings(bool Lowercase, bool StripAccents, bool SplitsIdeographs, double? MaxLength)
{
    private const string File = "tokenizer_config.json";
    private static readonly string[] TokenKeys = ["unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <summary>The tokens that BERT's tokenizer knows whole.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"];

    /// <summary>Reads the settings of a WordPiece tokenizer.</summary>
    /// <exception cref="UserErrorException">One of them makes other ids than are made here.</exception>
    public static TokenizerSettings Read(string folder)
    {
        if (ConfigReader.OpenIfThere(Path.Combine(folder, File)) is not { } reader)
            return new(true, true, true, null);
        foreach (var (key, token) in TokenKeys.Zip(SpecialTokens))
            RequireToken(reader, key, token);
        reader.RequireFlag("do_basic_tokenize", true, "words are split first");
        reader.RequireText("tokenizer_class", "BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "DistilBertTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend");
        RequireAddedTokens(reader);
        bool lowercase = reader.Flag("do_lower_case", true);
        var settings = new TokenizerSettings(lowercase, reader.Flag("strip_accents", lowercase), reader.Flag("tokenize_chinese_chars", true), reader.Has("model_max_length") ? reader.Number("model_max_length") : null);
        Finish(reader);
        return settings;
    }

    /// <summary>Reads the settings of CLIP's tokenizer.</summary>
    /// <exception cref="UserErrorException">One of them makes other ids than are made here.</exception>
    public static TokenizerSettings ReadClip(string folder)
    {
        double? length = null;
        if (ConfigReader.OpenIfThere(Path.Combine(folder, File)) is { } reader)
        {
            reader.RequireText("tokenizer_class", "CLIPTokenizer", "CLIPTokenizerFast");
            reader.RequireFlag("do_lower_case", true, "CLIP's texts are lower-cased");
            RequireToken(reader, "bos_token", "<|startoftext|>");
            RequireToken(reader, "eos_token", "<|endoftext|>");
            // Unknown pieces there are none, and padding comes behind the end, where it counts for nothing.
            foreach (string key in new[] { "unk_token", "pad_token", "added_tokens_decoder" })
                reader.Has(key);
            length = reader.Has("model_max_length") ? reader.Number("model_max_length") : null;
            Finish(reader);
        }

        return new(true, false, true, length);
    }

    private static void Finish(ConfigReader reader)
    {
        reader.RequireText("padding_side", "right");
        reader.RequireText("truncation_side", "right");
        reader.RequireFlag("add_prefix_space", false, "texts begin as they are");
        reader.RequireFlag("split_special_tokens", false, "special tokens in a text are whole");
        reader.RefuseOthers(KnownSettings.Tokenizer);
    }

    /// <summary>A token is a text, or an object with its content.</summary>
    private static void RequireToken(ConfigReader reader, string key, string token)
    {
        if (reader.Has(key) && reader.TokenText(key) != token)
            reader.Refuse(key, $"{token} is supported");
    }

    private static void RequireAddedTokens(ConfigReader reader)
    {
        if (!reader.Has("added_tokens_decoder"))
            return;
        var added = reader.Section("added_tokens_decoder");
        foreach (string id in added.Keys)
        {
            if (!SpecialTokens.Contains(added.TokenText(id)))
                added.Refuse(id, $"{string.Join(", ", SpecialTokens)} are supported");
        }
    }
}

/// <summary>What tokenizer.json says of a WordPiece tokenizer.</summary>
internal sealed class WordPieceModel
{
    private const int LongestWord = 100;
    private readonly ConfigReader _model;

    private WordPieceModel(ConfigReader model) => _model = model;

    /// <summary>Reads the file where it is there.</summary>
    /// <exception cref="UserErrorException">It makes other ids than are made here, or than <paramref name="settings"/> say.</exception>
    public static WordPieceModel? Read(string folder, TokenizerSettings settings)
    {
        if (ConfigReader.OpenIfThere(Path.Combine(folder, "tokenizer.json")) is not { } reader)
            return null;
        var model = reader.Section("model");
        if (model.Text("type") != "WordPiece")
            model.Refuse("type", "BERT's WordPiece is needed");
        model.RequireText("unk_token", "[UNK]");
        model.RequireText("continuing_subword_prefix", "##");
        if (model.Count("max_input_chars_per_word", LongestWord) != LongestWord)
            model.Refuse("max_input_chars_per_word", $"{LongestWord} is supported");
        model.Has("vocab");
        model.RefuseOthers(new HashSet<string>());
        if (reader.Has("normalizer"))
            CheckNormalizer(reader.Section("normalizer"), settings);
        if (reader.Has("pre_tokenizer"))
            CheckType(reader.Section("pre_tokenizer"), "BertPreTokenizer");
        if (reader.Has("post_processor"))
            CheckType(reader.Section("post_processor"), "BertProcessing", "TemplateProcessing");
        foreach (var token in reader.Has("added_tokens") ? reader.Sections("added_tokens") : [])
        {
            if (!TokenizerSettings.SpecialTokens.Contains(token.Text("content")))
                token.Refuse("content", $"{string.Join(", ", TokenizerSettings.SpecialTokens)} are supported");
        }

        reader.RefuseOthers(KnownSettings.TokenizerModel);
        return new(model);
    }

    /// <summary>The vocabulary by id; ids that are not given stand for nothing.</summary>
    /// <exception cref="UserErrorException">An id is no number from 0 on, or not below <paramref name="most"/>.</exception>
    public string[] Tokens(int most)
    {
        var vocabulary = _model.Section("vocab");
        var byId = new Dictionary<int, string>();
        foreach (var (token, value) in vocabulary.Entries)
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int id) || id < 0 || id >= most)
            {
                vocabulary.Refuse(token, $"ids from 0 to {most - 1} (config.json's vocab_size) are supported");
                break;
            }

            byId[id] = token;
        }

        return [.. Enumerable.Range(0, byId.Count == 0 ? 0 : byId.Keys.Max() + 1).Select(id => byId.GetValueOrDefault(id, $"[unused-{id}]"))];
    }

    /// <summary>The settings are told twice, and where they differ it depends on the library's version which of them count.</summary>
    private static void CheckNormalizer(ConfigReader normalizer, TokenizerSettings settings)
    {
        normalizer.RequireText("type", "BertNormalizer");
        normalizer.RequireFlag("clean_text", true, "control characters are taken out");
        bool lowercase = normalizer.Flag("lowercase", true);
        foreach (var (key, value, other) in new[]
        {
            ("lowercase", lowercase, settings.Lowercase), ("strip_accents", normalizer.Flag("strip_accents", lowercase), settings.StripAccents),
            ("handle_chinese_chars", normalizer.Flag("handle_chinese_chars", true), settings.SplitsIdeographs),
        })
        {
            if (value != other)
                normalizer.Disagree(key, value, $"tokenizer_config.json means {(other ? "true" : "false")} (do_lower_case, strip_accents, tokenize_chinese_chars)");
        }

        normalizer.RefuseOthers(new HashSet<string>());
    }

    private static void CheckType(ConfigReader part, params string[] types) => part.RequireText("type", types);
}
