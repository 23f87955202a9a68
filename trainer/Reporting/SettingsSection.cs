using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Settings as what differs from the nearest preset.</summary>
internal static class SettingsSection
{
    /// <summary>What says where data are and on what is computed, not what is trained.</summary>
    private static readonly string[] PassedOver = ["data.dataset", "data.features", "training.device", "training.threads"];

    /// <summary>The section.</summary>
    public static ReportSection Of(IReadOnlyList<RunFolder> runs, IReadOnlyList<string> names)
    {
        var presets = Presets.Names.ToDictionary(name => name, name => RunIdentity.SettingsOf(JsonConfig.Load(Presets.PathOf(name), [], new RunConfig())));
        return new("settings", "Settings") { Tables = [.. runs.Select((run, i) => Table(names[i], RunIdentity.SettingsOf(run.LoadConfig()), presets))] };
    }

    private static ReportTable Table(string name, Dictionary<string, string> settings, Dictionary<string, Dictionary<string, string>> presets)
    {
        var (preset, different) = presets.Select(p => (p.Key, Different: Different(settings, p.Value))).OrderBy(p => p.Different.Count).ThenBy(p => p.Key, StringComparer.Ordinal).First();
        return new(
            $"{name}: preset {preset}{(different.Count == 0 ? ", as it is" : ", and what differs from it")}", ["key", "preset", "run"],
            [.. different.Select(key => new ReportRow(key, [new(Shown(presets[preset][key])), new(Shown(settings[key]))]))]);
    }

    private static List<string> Different(Dictionary<string, string> settings, Dictionary<string, string> preset) =>
        [.. settings.Where(s => !PassedOver.Contains(s.Key) && preset.TryGetValue(s.Key, out string? value) && value != s.Value).Select(s => s.Key)];

    private static string Shown(string value) => value switch { "" => "(all)", "True" or "False" => value.ToLowerInvariant(), _ => value };
}
