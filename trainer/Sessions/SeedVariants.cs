using System.Text.RegularExpressions;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Runs of several seeds as variants.</summary>
public static partial class SeedVariants
{
    /// <summary>Runs whose names differ in a last number alone as one variant.</summary>
    /// <param name="runs">The runs.</param>
    /// <exception cref="UserErrorException">Runs of one variant were trained with the same seed, or differ in more than that.</exception>
    public static IReadOnlyList<Variant> Of(IReadOnlyList<RunFolder> runs)
    {
        var variants = Enumerable.Range(0, runs.Count).GroupBy(i => SeedInName().Replace(Path.GetFileName(runs[i].Path), "")).Select(g => new Variant(g.Key, [.. g])).ToList();
        foreach (var variant in variants) RequireSeedsAlone(variant, runs);
        return variants;
    }

    private static void RequireSeedsAlone(Variant variant, IReadOnlyList<RunFolder> runs)
    {
        const string seed = "training.seed";
        var settings = variant.Runs.Select(i => RunIdentity.SettingsOf(runs[i].LoadConfig())).ToList();
        string first = runs[variant.Runs[0]].Path;
        if (settings.GroupBy(s => s[seed]).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new UserErrorException($"Two of the runs of '{variant.Name}' were trained with the seed {same.Key}, so they are no two samples of it; leave one out, or compare without --seeds.");
        for (int i = 1; i < settings.Count; i++)
        {
            var other = settings[i].FirstOrDefault(s => s.Key != seed && !RunIdentity.Changeable.Contains(s.Key) && settings[0].TryGetValue(s.Key, out string? value) && value != s.Value);
            if (other.Key is not null)
                throw new UserErrorException($"{first} and {runs[variant.Runs[i]].Path} are to be one variant with several seeds, but have {other.Key}={settings[0][other.Key]} and {other.Key}={other.Value}; give folders names that differ in more than a last number, or compare without --seeds.");
        }
    }

    [GeneratedRegex(@"[-_.]?(seed)?\d+$")]
    private static partial Regex SeedInName();
}
