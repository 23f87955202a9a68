using System.Text.Json;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// What weights were trained with and on, kept with them: so neither a configuration that was edited nor data that were exchanged since can be
/// taken for those that the weights know.
/// </summary>
/// <param name="Settings">The configuration: each setting by its key.</param>
/// <param name="Data">The catalogue and the events.</param>
/// <param name="Features">Fingerprint of the vectors.</param>
public sealed record RunIdentity(IReadOnlyDictionary<string, string> Settings, RunData Data, string Features)
{
    private const string ConfigKey = "config", DataKey = "data", FeaturesKey = "features";

    /// <summary>What may be another when a run goes on: it does not change what its weights are.</summary>
    public static IReadOnlyList<string> Changeable { get; } =
        ["training.epochs", "training.patience", "training.threads", "training.device", "training.learningRate", "training.clipNorm", "data.log", "data.sortMemory", "data.featureMemory"];

    /// <summary>What a configuration may leave to the data, by which it is known once they are read.</summary>
    private static readonly string[] LeftToData = ["data.flow", "data.targets", "data.modalities"];

    /// <summary>Where the data are, not what they are; and how a model is measured.</summary>
    private static readonly string[] Elsewhere = ["data.dataset", "data.features", "data.maxRejectRate", "evaluation."];

    /// <summary>Of a run that is at work.</summary>
    public static RunIdentity Of(RunConfig config, RunData data, ItemFeatures features) => new(SettingsOf(config), data, features.Fingerprint);

    /// <summary>That of a checkpoint; null where it is from before checkpoints kept it.</summary>
    /// <exception cref="UserErrorException">It is kept, but can't be read.</exception>
    public static RunIdentity? Of(CheckpointFile file)
    {
        if (file[ConfigKey] is not { } config || file[DataKey] is not { } data || file[FeaturesKey] is not { } features) return null;
        try
        {
            return new RunIdentity(JsonSerializer.Deserialize<Dictionary<string, string>>(config)!, RunData.Parse(data), features);
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"What the checkpoint {file.Path} says about its run can't be read ({error.Message.TrimEnd('.')}); it is damaged or of another version.", error);
        }
    }

    /// <summary>As a checkpoint keeps it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Notes() => Notes(Settings);

    /// <summary>As weights alone keep it: without where the data are and what may change, so that a run that was stopped has the same file as one that was not.</summary>
    public IEnumerable<KeyValuePair<string, string>> NotesOfWeights() =>
        Notes(Settings.Where(s => !Changeable.Contains(s.Key) && !Elsewhere.Contains(s.Key)).ToDictionary());

    private IEnumerable<KeyValuePair<string, string>> Notes(IReadOnlyDictionary<string, string> settings) =>
        [new(ConfigKey, JsonSerializer.Serialize(settings)), new(DataKey, Data.ToText()), new(FeaturesKey, Features)];

    /// <summary>Refuses a configuration with which the weights were not trained. Settings that only one of the two knows are of another version.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="run">The run.</param>
    /// <param name="isResolved">Whether it says what is left to the data.</param>
    /// <exception cref="UserErrorException">They differ.</exception>
    public void RequireSettings(RunConfig config, RunFolder run, bool isResolved)
    {
        if (Difference(Settings, config, isResolved, [.. Changeable, .. Elsewhere]) is var (key, own, value))
            throw new UserErrorException($"The configuration {run.Config} says {key}={value}, but the weights beside it were trained with {key}={own}; bring the former file back, or set that back in it.");
    }

    /// <summary>The first setting of a configuration that is other than a run's; null where there is none. Settings that only one of the two knows are of another version.</summary>
    /// <param name="settings">The run's.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="isResolved">Whether it says what is left to the data.</param>
    /// <param name="free">Settings that may be others, or with a dot at their end whole sections.</param>
    internal static (string Key, string Has, string Says)? Difference(IReadOnlyDictionary<string, string> settings, RunConfig config, bool isResolved, IReadOnlyList<string> free)
    {
        foreach (var (key, value) in SettingsOf(config))
        {
            if (free.Any(f => key == f || (f[^1] == '.' && key.StartsWith(f, StringComparison.Ordinal))) || (!isResolved && value.Length == 0 && LeftToData.Contains(key))) continue;
            if (settings.TryGetValue(key, out string? own) && own != value) return (key, own, value);
        }

        return null;
    }

    /// <summary>Settings that may be other than in training, and are: in words.</summary>
    /// <param name="config">The run's configuration.</param>
    /// <param name="among">Beginnings of the keys that are looked at.</param>
    public string Others(RunConfig config, params IReadOnlyList<string> among) => string.Join(", ", SettingsOf(config)
        .Where(s => among.Any(a => s.Key.StartsWith(a, StringComparison.Ordinal)) && Settings.TryGetValue(s.Key, out string? own) && own != s.Value)
        .Select(s => $"{s.Key}={s.Value} (it was {Settings[s.Key]})"));

    /// <summary>Each setting of a configuration by its key.</summary>
    public static Dictionary<string, string> SettingsOf(RunConfig config)
    {
        using var document = JsonDocument.Parse(JsonConfig.Serialize(config));
        var settings = new Dictionary<string, string>();
        Add("", document.RootElement);
        return settings;

        void Add(string key, JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Object)
                settings[key] = value.ValueKind == JsonValueKind.Array ? string.Join(',', value.EnumerateArray()) : value.ToString();
            else
                foreach (var property in value.EnumerateObject()) Add(key.Length == 0 ? property.Name : $"{key}.{property.Name}", property.Value);
        }
    }
}
