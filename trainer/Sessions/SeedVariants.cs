using System.Text.RegularExpressions;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Runs of several seeds as variants.</summary>
public static partial class SeedVariants
{
    /// <summary>Runs whose names differ in a last number alone as one variant; each baseline, which has no seed, as one of its own.</summary>
    /// <param name="named">The runs.</param>
    /// <exception cref="UserErrorException">Runs of one variant were trained with the same seed, or differ in more than that.</exception>
    public static IReadOnlyList<Variant> Of(IReadOnlyList<ComparedRun> named)
    {
        var variants = Enumerable.Range(0, named.Count)
            .GroupBy(i => named[i].Baseline is null ? SeedInName().Replace(named[i].Name, "") : named[i].Name).Select(g => new Variant(g.Key, [.. g])).ToList();
        var runs = named.Select(n => n.Run).ToList();
        foreach (var variant in variants.Where(v => named[v.Runs[0]].Baseline is null)) RequireSeedsAlone(variant, runs);
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

/// <summary>What <c>compare</c> is given: a run, or <c>RUN:BASELINE</c>, which is a baseline that the run was evaluated beside.</summary>
/// <param name="Run">The run.</param>
/// <param name="Baseline">The baseline, as <see cref="BaselineRanks.KeyOf"/> calls it; null for the run itself.</param>
public sealed record ComparedRun(RunFolder Run, string? Baseline)
{
    /// <summary>What it is called beside others.</summary>
    public string Name => Path.GetFileName(Run.Path) + (Baseline is null ? "" : $":{Baseline}");

    /// <summary>Reads one.</summary>
    /// <exception cref="UserErrorException">There is no such run.</exception>
    public static ComparedRun Parse(string text)
    {
        int at = text.LastIndexOf(':');
        bool isBaseline = at > 0 && !Directory.Exists(text) && Directory.Exists(text[..at]);
        return isBaseline ? new(RunFolder.Open(text[..at]), text[(at + 1)..].ToLowerInvariant()) : new(RunFolder.Open(text), null);
    }
}
