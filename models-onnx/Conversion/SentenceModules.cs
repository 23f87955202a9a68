using UniM2Rec.Models.Families;

namespace UniM2Rec.Models.Conversion;

/// <summary>What a sentence-transformers folder says about pooling and normalisation, if it is one.</summary>
/// <param name="Pooling">from 1_Pooling/config.json, or null</param>
/// <param name="Normalize">whether modules.json ends with Normalize</param>
internal sealed record SentenceModules(SentencePooling? Pooling, bool Normalize)
{
    private const string Supported = "supported are Transformer, Pooling and Normalize, in that order";

    private static readonly (string Name, string Key, bool Missing, SentencePooling? Pooling)[] Modes =
    [
        ("cls", "pooling_mode_cls_token", false, SentencePooling.Cls),
        ("mean", "pooling_mode_mean_tokens", true, SentencePooling.Mean),
        ("max", "pooling_mode_max_tokens", false, SentencePooling.Max),
        ("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens", false, null),
        ("weightedmean", "pooling_mode_weightedmean_tokens", false, null),
        ("lasttoken", "pooling_mode_lasttoken", false, null),
    ];

    /// <summary>Reads modules.json, the pooling that it names, and config_sentence_transformers.json, where they are there.</summary>
    /// <exception cref="UserErrorException">They ask for something that is not supported.</exception>
    public static SentenceModules Read(string folder)
    {
        CheckSentences(folder);
        string path = Path.Combine(folder, "modules.json");
        string poolingFolder = "1_Pooling";
        bool normalizes = false;
        if (File.Exists(path))
        {
            var kinds = new List<string>();
            foreach (var module in ConfigReader.OpenList(path))
            {
                kinds.Add(Kind(module));
                string place = module.Text("path", "");
                if (kinds[^1] == "Pooling" && place.Length > 0)
                    poolingFolder = place;
                else if (kinds[^1] == "Transformer" && place.Length > 0)
                    module.Refuse("path", "the model must lie in the folder itself; give the folder that it lies in, with --pooling and --normalize as this one says");
                module.RefuseOthers(KnownSettings.Module);
            }

            if (string.Join(' ', kinds) is not ("Transformer Pooling" or "Transformer Pooling Normalize" or "Transformer"))
                throw new UserErrorException($"{path} lists the modules {string.Join(", ", kinds)}; {Supported}.");
            normalizes = kinds[^1] == "Normalize";
            if (!kinds.Contains("Pooling"))
                return new SentenceModules(null, normalizes);
            // A path that leaves the folder is none of the model's.
            if (Path.IsPathRooted(poolingFolder) || poolingFolder.Split('/', '\\').Contains(".."))
                throw new UserErrorException($"{path} keeps the pooling in '{poolingFolder}', which is outside the model's folder; download the model again.");
        }

        var pooling = ConfigReader.OpenIfThere(Path.Combine(folder, poolingFolder, "config.json"));
        return new SentenceModules(pooling is null ? null : Mode(pooling), normalizes);
    }

    /// <summary>The last part of a module's type: "sentence_transformers.models.Pooling" is Pooling.</summary>
    private static string Kind(ConfigReader module)
    {
        string type = module.Text("type"), kind = type.Split('.')[^1];
        if (!type.StartsWith("sentence_transformers.", StringComparison.Ordinal) || kind is not ("Transformer" or "Pooling" or "Normalize"))
            module.Refuse("type", Supported);
        return kind;
    }

    private static SentencePooling Mode(ConfigReader pooling)
    {
        SentencePooling? mode;
        if (pooling.Has("pooling_mode"))
        {
            // The form since sentence-transformers 5.4; the flags of the one before may stand beside it.
            string name = pooling.OneText("pooling_mode");
            mode = Modes.FirstOrDefault(m => m.Name == name).Pooling;
            if (mode is null)
                pooling.Refuse("pooling_mode", "supported are cls, mean and max pooling");
            foreach (var other in Modes.Where(m => m.Name != name))
                pooling.RequireFlag(other.Key, false, $"pooling_mode is {name}");
            pooling.Has(Modes.First(m => m.Name == name).Key);
        }
        else
        {
            // The mean is the library's default, also beside another one.
            var chosen = Modes.Where(m => pooling.Flag(m.Key, m.Missing)).ToArray();
            if (chosen.FirstOrDefault(m => m.Pooling is null) is { Key: { } unsupported })
                pooling.Refuse(unsupported, "supported are cls, mean and max pooling");
            if (chosen.Length != 1)
                pooling.RefuseAll($"asks for {chosen.Length} kinds of pooling ({string.Join(", ", chosen.Select(m => m.Key))}), of which mean is one unless it says \"pooling_mode_mean_tokens\": false", "one is supported; choose it by --pooling after taking the file away");
            mode = chosen[0].Pooling;
        }

        pooling.RefuseOthers(KnownSettings.Pooling);
        return mode!.Value;
    }

    private static void CheckSentences(string folder)
    {
        if (ConfigReader.OpenIfThere(Path.Combine(folder, "config_sentence_transformers.json")) is not { } sentences)
            return;
        if (sentences.Has("default_prompt_name"))
            sentences.Refuse("default_prompt_name", "texts are encoded without a prompt; take it out of the file if that is wanted");
        if (sentences.Has("truncate_dim"))
            sentences.Refuse("truncate_dim", "vectors keep their width; take it out of the file if that is wanted");
        sentences.RequireText("model_type", "SentenceTransformer");
        sentences.RefuseOthers(KnownSettings.Sentences);
    }
}

/// <summary>What sentence_bert_config.json says.</summary>
/// <param name="MaxLength">max_seq_length, or null</param>
/// <param name="Lowercase">do_lower_case: texts are lower-cased before the tokenizer sees them</param>
internal sealed record SentenceSettings(int? MaxLength, bool Lowercase)
{
    /// <summary>Reads the file where it is there.</summary>
    /// <exception cref="UserErrorException">A setting is not supported.</exception>
    public static SentenceSettings Read(string folder)
    {
        if (ConfigReader.OpenIfThere(Path.Combine(folder, "sentence_bert_config.json")) is not { } reader)
            return new(null, false);
        reader.RequireText("transformer_task", "feature-extraction");
        reader.RequireText("module_output_name", "token_embeddings");
        var settings = new SentenceSettings(reader.Has("max_seq_length") ? reader.Count("max_seq_length") : null, reader.Flag("do_lower_case", false));
        reader.RefuseOthers(KnownSettings.SentenceTransformer);
        return settings;
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
