using System.Globalization;

namespace UniM2Rec.Trainer.Configuration;

/// <summary>A search for settings: trials that are drawn at random from ranges, of which fewer and fewer go on to more epochs (docs/STUDIES.md).</summary>
public sealed record TuneConfig : IValidatable
{
    private const int MostTrials = 10_000, MostEpochs = 100_000, MostRounds = 20, MostEta = 100;

    /// <summary>What it is for, in a sentence.</summary>
    public string About { get; init; } = "";

    /// <summary>The preset that every trial starts from.</summary>
    public string Preset { get; init; } = "unim2rec";

    /// <summary>Settings of every trial, as key=value; <c>{domain}</c> stands for the target domain.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>What it is done on; empty where the command line names it.</summary>
    public StudyData Data { get; init; } = new();

    /// <summary>By setting: where its values are drawn from.</summary>
    public Dictionary<string, SearchRange> Search { get; init; } = [];

    /// <summary>How many are drawn.</summary>
    public int Trials { get; init; } = 27;

    /// <summary>Epochs of the last round, at most.</summary>
    public int Epochs { get; init; } = 27;

    /// <summary>Rounds of halving; 1 trains every trial to its end (random search).</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>By how much a round has fewer trials and more epochs than the one before.</summary>
    public int Eta { get; init; } = 3;

    /// <summary>What is drawn; the same seed draws the same trials.</summary>
    public int Seed { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Search.Count == 0) yield return "search names no setting";
        if (Trials is < 1 or > MostTrials) yield return $"trials is {Trials}; it must be between 1 and {MostTrials}";
        if (Epochs is < 1 or > MostEpochs) yield return $"epochs is {Epochs}; it must be between 1 and {MostEpochs}";
        if (Rounds is < 1 or > MostRounds) yield return $"rounds is {Rounds}; it must be between 1 and {MostRounds}";
        if (Eta is < 2 or > MostEta) yield return $"eta is {Eta}; it must be between 2 and {MostEta}";
        if (Data.Dataset.Length > 0 != Data.Features.Length > 0) yield return "data needs dataset and features";
    }
}

/// <summary>Where a setting's values are drawn from: exactly one of its kinds.</summary>
public sealed record SearchRange : IValidatable
{
    /// <summary>Least and greatest of numbers that are all as likely.</summary>
    public IReadOnlyList<double> Uniform { get; init; } = [];

    /// <summary>Least and greatest of numbers of which each magnitude is as likely.</summary>
    public IReadOnlyList<double> LogUniform { get; init; } = [];

    /// <summary>Least and greatest of whole numbers that are all as likely.</summary>
    public IReadOnlyList<int> Integers { get; init; } = [];

    /// <summary>Values, as <c>--set</c> has them.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The value at a place of the range.</summary>
    /// <param name="place">From 0 to 1, without 1.</param>
    internal string At(double place)
    {
        if (Uniform is [var low, var high]) return Text(Math.Clamp(Rounded(low + (place * (high - low))), low, high));
        if (LogUniform is [var least, var most]) return Text(Math.Clamp(Rounded(least * Math.Pow(most / least, place)), least, most));
        if (Integers is [var first, var last]) return (first + (long)(place * ((long)last - first + 1))).ToString(CultureInfo.InvariantCulture);
        return Choices[(int)(place * Choices.Count)];
    }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        int kinds = new[] { Uniform.Count, LogUniform.Count, Integers.Count, Choices.Count }.Count(n => n > 0);
        if (kinds != 1) yield return $"{(kinds == 0 ? "none" : "several")} of uniform, logUniform, integers and choices are given; give one";
        foreach (var (name, ends) in new[] { ("uniform", Uniform), ("logUniform", LogUniform), ("integers", Integers.Select(n => (double)n).ToList()) })
        {
            if (ends.Count > 0 && (ends.Count != 2 || ends[0] > ends[1])) yield return $"{name} is [{string.Join(", ", ends.Select(Text))}]; it must be a least and a greatest value";
        }

        if (LogUniform.Any(end => end <= 0)) yield return $"logUniform is [{string.Join(", ", LogUniform.Select(Text))}]; both must be above 0";
    }

    /// <summary>Four digits are enough to tell settings apart, and are easily typed.</summary>
    private static double Rounded(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
