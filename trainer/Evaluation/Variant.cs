using System.Text.RegularExpressions;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>One or more runs that stand for one way of training; several differ in their seed alone.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Runs">Which of the compared runs they are.</param>
public sealed partial record Variant(string Name, IReadOnlyList<int> Runs)
{
    /// <summary>With how many seeds it was trained, where that are several.</summary>
    public string Described => Runs.Count == 1 ? Name : $"{Name} ({Runs.Count} seeds)";

    /// <summary>Each run as a variant of its own.</summary>
    public static IReadOnlyList<Variant> Apart(IEnumerable<string> names) => [.. names.Select((name, i) => new Variant(name, [i]))];

    /// <summary>Runs whose names differ in a last number alone as one variant.</summary>
    /// <param name="runs">The runs.</param>
    /// <exception cref="UserErrorException">Runs of one variant were trained with the same seed, or differ in more than that.</exception>
    public static IReadOnlyList<Variant> BySeed(IReadOnlyList<RunFolder> runs)
    {
        var variants = Enumerable.Range(0, runs.Count).GroupBy(i => SeedInName().Replace(Path.GetFileName(runs[i].Path), "")).Select(g => new Variant(g.Key, [.. g])).ToList();
        foreach (var variant in variants) variant.RequireSeedsAlone(runs);
        return variants;
    }

    private void RequireSeedsAlone(IReadOnlyList<RunFolder> runs)
    {
        const string seed = "training.seed";
        var settings = Runs.Select(i => RunIdentity.SettingsOf(runs[i].LoadConfig())).ToList();
        string first = runs[Runs[0]].Path;
        if (settings.GroupBy(s => s[seed]).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new UserErrorException($"Two of the runs of '{Name}' were trained with the seed {same.Key}, so they are no two samples of it; leave one out, or compare without --seeds.");
        for (int i = 1; i < settings.Count; i++)
        {
            var other = settings[i].FirstOrDefault(s => s.Key != seed && !RunIdentity.Changeable.Contains(s.Key) && settings[0].TryGetValue(s.Key, out string? value) && value != s.Value);
            if (other.Key is not null)
                throw new UserErrorException($"{first} and {runs[Runs[i]].Path} are to be one variant with several seeds, but have {other.Key}={settings[0][other.Key]} and {other.Key}={other.Value}; give folders names that differ in more than a last number, or compare without --seeds.");
        }
    }

    [GeneratedRegex(@"[-_.]?(seed)?\d+$")]
    private static partial Regex SeedInName();
}
