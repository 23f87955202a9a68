using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Configuration;

/// <summary>A study: variants that are trained with the same seeds on the same data, and compared.</summary>
public sealed record StudyConfig : IValidatable
{
    /// <summary>What it asks, in a sentence.</summary>
    public string About { get; init; } = "";

    /// <summary>Each variant is trained once a seed.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1, 2, 3];

    /// <summary>Settings of every variant, as key=value.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The variants by name; the first is what the others are compared with.</summary>
    public Dictionary<string, StudyVariant> Variants { get; init; } = [];

    /// <summary>The data by name; empty where the command line names them.</summary>
    public Dictionary<string, StudyData> Data { get; init; } = [];

    /// <summary>What is done to features of trained runs; null for nothing.</summary>
    public StudyDegradation? Degrade { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Variants.Count == 0) yield return "variants names none";
        if (Seeds.Count == 0 || Seeds.Distinct().Count() != Seeds.Count) yield return "seeds must name at least one, each once";
        if (Data.Any(d => d.Value.Dataset.Length == 0 || d.Value.Features.Length == 0)) yield return "each of data needs dataset and features";
        foreach (string name in Variants.Keys.Concat(Data.Keys))
        {
            if (name.Length == 0 || name.Length > 60 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')) yield return $"'{Excerpt.Of(name)}' can't be the name of a variant or of data, which is of letters, digits, '-' and '.'";
        }
    }
}

/// <summary>One way of training.</summary>
public sealed record StudyVariant
{
    /// <summary>The preset that it starts from.</summary>
    public string Preset { get; init; } = "unim2rec";

    /// <summary>Its own settings, as key=value; <c>{domain}</c> stands for the target domain.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>Domains that it is pre-trained on before; empty for none.</summary>
    public IReadOnlyList<string> PretrainOn { get; init; } = [];
}

/// <summary>What is done to the features of each trained run of a study: to each modality that it reads, one at a time.</summary>
public sealed record StudyDegradation : IValidatable
{
    /// <summary>The ways.</summary>
    public IReadOnlyList<DegradationWay> Ways { get; init; } = [DegradationWay.Removed, DegradationWay.Noised, DegradationWay.HistoriesRemoved];

    /// <summary>Shares of the items, or of the users, each above 0 and at most 1.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0.25, 0.5, 0.75, 0.95];

    /// <summary>Standard deviation of the noise, where 1 is the modality's own.</summary>
    public double NoiseScale { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Ways.Count == 0 || Ways.Distinct().Count() != Ways.Count) yield return "ways must name at least one, each once";
        if (Shares.Count == 0 || Shares.Distinct().Count() != Shares.Count || !Shares.All(share => share is > 0 and <= 1)) yield return "shares must name at least one, each once, above 0 and at most 1";
        if (!(NoiseScale > 0) || !double.IsFinite(NoiseScale)) yield return $"noiseScale is {NoiseScale}; it must be above 0 (1 is as much as the items differ)";
    }

    /// <summary>All of it, in groups that can be measured one after another: of one modality in one way, by ascending share.</summary>
    /// <param name="modalities">What a model reads.</param>
    internal IEnumerable<IReadOnlyList<Degradation>> Of(IReadOnlyList<string> modalities) =>
        from modality in modalities
        from way in Ways
        let noised = way is DegradationWay.Noised or DegradationWay.HistoriesNoised
        select Shares.Order().Select(share => new Degradation(noised ? [] : [modality], noised ? [modality] : [], noised ? NoiseScale : 1, share, 1, way is DegradationWay.HistoriesRemoved or DegradationWay.HistoriesNoised)).ToList();
}

/// <summary>A way in which features are degraded.</summary>
public enum DegradationWay
{
    /// <summary>A share of the items lose the modality.</summary>
    Removed,

    /// <summary>Gaussian noise is added for a share of the items.</summary>
    Noised,

    /// <summary>All items of the histories of a share of the users lose it.</summary>
    HistoriesRemoved,

    /// <summary>Noise is added to all items of the histories of a share of the users.</summary>
    HistoriesNoised,
}

/// <summary>What a study is done on.</summary>
public sealed record StudyData
{
    /// <summary>Folder of the catalogue.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Folder of the feature store.</summary>
    public string Features { get; init; } = "";

    /// <summary>The target domain; empty where the catalogue has one.</summary>
    public string Domain { get; init; } = "";
}

/// <summary>Studies that come with the program, one JSON file each, beside it in <c>studies/</c>.</summary>
public static class Studies
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "studies");

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names =>
        Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal).ToList() : [];

    /// <summary>Reads one that comes with the program, or a file.</summary>
    /// <exception cref="UserErrorException">There is none, or it can't be used.</exception>
    public static StudyConfig Load(string nameOrFile)
    {
        string own = Path.Combine(Folder, nameOrFile + ".json");
        if (!File.Exists(nameOrFile) && Path.GetFileName(nameOrFile) == nameOrFile && !nameOrFile.EndsWith(".json", StringComparison.Ordinal) && !File.Exists(own))
            throw UserErrorException.Usage($"The study '{Excerpt.Of(nameOrFile)}' is unknown; name one of {string.Join(", ", Names)}, or a JSON file");
        return JsonConfig.Load<StudyConfig>(File.Exists(nameOrFile) || !File.Exists(own) ? nameOrFile : own, []);
    }
}
