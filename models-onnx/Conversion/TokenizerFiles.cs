using System.Text.Json;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Families;

namespace UniM2Rec.Models.Conversion;

/// <summary>The tokenizer of a Hugging Face folder: its settings for encoder.json, and its files copied into the encoder.</summary>
/// <param name="Specification">for encoder.json</param>
/// <param name="WriteFiles">writes the vocabulary into a folder</param>
internal sealed record TokenizerFiles(TokenizerSpec Specification, Action<string> WriteFiles)
{
    private const int UnlimitedLength = 1_000_000;   // tokenizer_config.json writes 1e30 where there is no limit

    /// <summary>BERT's WordPiece from vocab.txt, or from tokenizer.json where there is no vocab.txt.</summary>
    /// <exception cref="UserErrorException">There is neither, or the vocabulary has another size than the model.</exception>
    public static TokenizerFiles WordPiece(string folder, int vocabularySize, int positions, int wantedLength)
    {
        var settings = ConfigReader.OpenIfThere(Path.Combine(folder, "tokenizer_config.json"));
        string[] tokens = WordPieceTokens(folder);
        if (tokens.Length > vocabularySize)
            throw new UserErrorException($"the vocabulary in '{folder}' has {tokens.Length} tokens, but config.json says vocab_size {vocabularySize}; both files must come from the same model.");
        bool lowercase = settings?.Flag("do_lower_case", true) ?? true;
        var specification = new TokenizerSpec
        {
            Type = TokenizerType.WordPiece,
            Vocabulary = "vocab.txt",
            Lowercase = lowercase,
            StripAccents = settings?.Flag("strip_accents", lowercase) ?? lowercase,
            MaxLength = Length(folder, settings, positions, wantedLength),
        };
        return new TokenizerFiles(specification, target => File.WriteAllText(Path.Combine(target, "vocab.txt"), string.Join('\n', tokens) + "\n"));
    }

    /// <summary>CLIP's byte-pair encoding from vocab.json and merges.txt.</summary>
    /// <exception cref="UserErrorException">One of them is missing.</exception>
    public static TokenizerFiles ClipBpe(string folder, int positions, int wantedLength)
    {
        foreach (string? file in new[] { "vocab.json", "merges.txt" })
        {
            if (!File.Exists(Path.Combine(folder, file)))
                throw new UserErrorException($"'{folder}' holds no {file}; download it from the model's page into that folder.");
        }

        var settings = ConfigReader.OpenIfThere(Path.Combine(folder, "tokenizer_config.json"));
        var specification = new TokenizerSpec
        {
            Type = TokenizerType.ClipBpe,
            Vocabulary = "vocab.json",
            Merges = "merges.txt",
            MaxLength = Length(folder, settings, positions, wantedLength),
            StripAccents = false,
        };
        return new TokenizerFiles(specification, target =>
        {
            File.Copy(Path.Combine(folder, "vocab.json"), Path.Combine(target, "vocab.json"), overwrite: true);
            File.Copy(Path.Combine(folder, "merges.txt"), Path.Combine(target, "merges.txt"), overwrite: true);
        });
    }

    private static int Length(string folder, ConfigReader? settings, int positions, int wanted)
    {
        if (wanted > positions)
            throw new UserErrorException($"texts of {wanted} tokens are asked for, but the model has {positions} positions; ask for at most {positions}.");
        if (wanted > 0)
            return wanted;
        int sentence = ConfigReader.OpenIfThere(Path.Combine(folder, "sentence_bert_config.json"))?.Count("max_seq_length", positions) ?? positions;
        double limit = settings?.Number("model_max_length", positions) ?? positions;
        return (int)Math.Min(Math.Min(positions, sentence), Math.Min(limit, UnlimitedLength));
    }

    private static string[] WordPieceTokens(string folder)
    {
        string list = Path.Combine(folder, "vocab.txt");
        if (File.Exists(list))
            return File.ReadAllLines(list);
        string path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw new UserErrorException($"'{folder}' holds neither vocab.txt nor tokenizer.json; download one of them from the model's page into that folder.");
        var model = ConfigReader.Open(path).Section("model");
        if (model.Text("type", "") is not "WordPiece")
            model.Refuse("type", "BERT's WordPiece is needed");
        var byId = model.Raw("vocab").EnumerateObject().ToDictionary(entry => entry.Value.GetInt32(), entry => entry.Name);
        return [.. Enumerable.Range(0, byId.Keys.Max() + 1).Select(id => byId.GetValueOrDefault(id, $"[unused-{id}]"))];
    }
}

/// <summary>What a sentence-transformers folder says about pooling and normalisation, if it is one.</summary>
/// <param name="Pooling">from 1_Pooling/config.json, or null</param>
/// <param name="Normalize">whether modules.json ends with Normalize</param>
internal sealed record SentenceModules(SentencePooling? Pooling, bool Normalize)
{
    private static readonly (string Key, SentencePooling Pooling)[] Modes =
    [
        ("pooling_mode_cls_token", SentencePooling.Cls),
        ("pooling_mode_mean_tokens", SentencePooling.Mean),
        ("pooling_mode_max_tokens", SentencePooling.Max),
    ];

    /// <summary>Reads modules.json and 1_Pooling/config.json where they are there.</summary>
    /// <exception cref="UserErrorException">They ask for something that is not supported.</exception>
    public static SentenceModules Read(string folder)
    {
        string[] kinds = ModuleKinds(Path.Combine(folder, "modules.json"));
        if (kinds.FirstOrDefault(kind => kind is not ("Transformer" or "Pooling" or "Normalize")) is { } unknown)
            throw new UserErrorException($"{Path.Combine(folder, "modules.json")} holds a module '{unknown}', which is not supported; supported are Transformer, Pooling and Normalize.");
        var pooling = ConfigReader.OpenIfThere(Path.Combine(folder, "1_Pooling", "config.json"));
        return new SentenceModules(pooling is null ? null : Mode(pooling), kinds.Contains("Normalize"));
    }

    private static SentencePooling Mode(ConfigReader pooling)
    {
        foreach (string? other in new[] { "pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken" })
        {
            if (pooling.Flag(other, false))
                pooling.Refuse(other, "supported are cls, mean and max pooling");
        }

        var modes = Modes.Where(mode => pooling.Flag(mode.Key, false)).ToArray();
        if (modes.Length > 1)
            pooling.Refuse(modes[1].Key, $"only one pooling is supported, and {modes[0].Key} is true too");
        return modes.Length == 1 ? modes[0].Pooling : SentencePooling.Mean;
    }

    /// <summary>The last part of each module's type: "sentence_transformers.models.Pooling" is Pooling.</summary>
    private static string[] ModuleKinds(string path)
    {
        if (!File.Exists(path))
            return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. json.RootElement.EnumerateArray().Select(module => module.GetProperty("type").GetString()!.Split('.')[^1])];
    }
}

/// <summary>How the positions' states become one vector a text.</summary>
public enum SentencePooling
{
    /// <summary>The first position's state.</summary>
    Cls,

    /// <summary>The mean over the positions of the text.</summary>
    Mean,

    /// <summary>The largest value over the positions of the text.</summary>
    Max,

    /// <summary>tanh of a linear layer over the first position's state, which the checkpoint brings.</summary>
    Pooler,
}
