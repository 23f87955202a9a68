using System.Text.Json;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Trainer.Commands;

/// <summary>The configuration of a run that goes on: its own, in which only what does not change the training may be changed.</summary>
public static class ResumedConfig
{
    private static readonly string[] Changeable = ["training.epochs", "training.patience", "training.threads", "training.device"];

    /// <param name="run">The run.</param>
    /// <param name="file">A configuration file that was given again, or null.</param>
    /// <param name="overrides">Settings that were given again.</param>
    /// <exception cref="UserErrorException">One contradicts the run's.</exception>
    public static RunConfig Resolve(RunFolder run, string? file, IReadOnlyList<string> overrides)
    {
        var own = JsonConfig.Load<RunConfig>(run.Config, []);
        var asked = JsonConfig.Load(file, overrides, JsonConfig.Load<RunConfig>(run.Config, []));
        var before = Settings(own);
        foreach (var (key, value) in Settings(asked))
        {
            if (value != before[key] && !Changeable.Contains(key))
            {
                throw new UserErrorException(
                    $"The run in {run.Path} has {key}={before[key]}, but it is to go on with {key}={value}; leave that out of the command with --resume, or give another --out.");
            }
        }

        return asked;
    }

    /// <summary>Each setting by its key.</summary>
    private static Dictionary<string, string> Settings(RunConfig config)
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
