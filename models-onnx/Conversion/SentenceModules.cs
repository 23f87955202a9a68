using System.Text.Json;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Graphs.Bert;

namespace UniM2Rec.Models.Conversion;

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
        var kinds = ModuleKinds(Path.Combine(folder, "modules.json"));
        if (kinds.FirstOrDefault(kind => kind is not ("Transformer" or "Pooling" or "Normalize")) is { } unknown)
            throw new UserErrorException($"{Path.Combine(folder, "modules.json")} holds a module '{unknown}', which is not supported; supported are Transformer, Pooling and Normalize.");
        var pooling = ConfigReader.OpenIfThere(Path.Combine(folder, "1_Pooling", "config.json"));
        return new SentenceModules(pooling is null ? null : Mode(pooling), kinds.Contains("Normalize"));
    }

    private static SentencePooling Mode(ConfigReader pooling)
    {
        foreach (var other in new[] { "pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken" })
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
