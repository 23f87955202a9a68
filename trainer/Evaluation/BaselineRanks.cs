using System.Runtime.InteropServices;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// The baselines' rank of each target, in the order of the run's own, so that a run is compared with a baseline on the same users: a safetensors file with
/// an int32 tensor of [targets, 2] a baseline, how many candidates stand above the target and how many beside it.
/// </summary>
public static class BaselineRanks
{
    private const string Format = "unim2rec-baseline-ranks", FormatKey = "format", RanksKey = "ranks";

    /// <summary>What a baseline is called in the file and on the command line: <c>item kNN</c> is <c>item-knn</c>, as the preset.</summary>
    public static string KeyOf(string name) => name.ToLowerInvariant().Replace(' ', '-');

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="baselines">By name: the rank of each target.</param>
    /// <param name="ranks">SHA-256 of the run's own ranks.</param>
    public static void Save(string path, IReadOnlyDictionary<string, Rank[]> baselines, string ranks) => AtomicFile.Write(path, stream =>
        SafeTensorsChecksum.Write(stream, new Dictionary<string, string> { [FormatKey] = Format, [RanksKey] = ranks }, writer =>
        {
            foreach (var (name, of) in baselines) writer.Declare(KeyOf(name), SafeTensorType.I32, [of.Length, 2]);
            foreach (var of in baselines.Values) writer.Write(MemoryMarshal.AsBytes<int>(of.SelectMany(rank => new[] { rank.Above, rank.Tied }).ToArray()));
        }));

    /// <param name="files">The file, the baseline, and what makes them.</param>
    /// <param name="report">The figures beside it.</param>
    /// <param name="own">The run's own ranks.</param>
    /// <returns>The same targets with the baseline's ranks.</returns>
    /// <exception cref="UserErrorException">The file is missing or damaged, is not that of the figures, or has no such baseline.</exception>
    public static IReadOnlyList<TargetRank> Load(EvaluationFiles files, EvaluationReport report, IReadOnlyList<TargetRank> own)
    {
        string baseline = files.Baseline!;
        if (FileKinds.Of(files.Baselines) == FileKind.Missing) throw new UserErrorException($"The baselines' ranks {files.Baselines} do not exist; run {files.Command} again.");
        using var file = SafeTensorsFile.Open(files.Baselines);
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format || !file.CheckWhole() || file.Metadata.GetValueOrDefault(RanksKey) != report.Ranks)
            throw Not($"are not those that {Path.GetFileName(files.Evaluation)} beside them was made with");
        if (!file.Contains(baseline)) throw UserErrorException.Usage($"{Path.GetFileName(files.Baselines)} of {files.Name} has no baseline '{Excerpt.Of(baseline)}'; name one of {string.Join(", ", file.Names)}.");
        if (!file.Entry(baseline).Shape.SequenceEqual([own.Count, 2])) throw Not($"are not of the {own.Count:N0} targets of the run");
        var places = file.Span<int>(baseline);
        var ranks = new TargetRank[own.Count];
        for (int i = 0; i < ranks.Length; i++)
        {
            var rank = new Rank(places[2 * i], places[(2 * i) + 1]);
            if (rank.Above < 0 || rank.Tied < 0 || rank.Above + (long)rank.Tied >= report.Items) throw Not($"have places beyond the {report.Items:N0} items");
            ranks[i] = own[i] with { Rank = rank };
        }

        return ranks;

        UserErrorException Not(string what) => new($"The baselines' ranks {files.Baselines} {what}; run {files.Command} again.");
    }
}
