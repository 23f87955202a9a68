using System.CommandLine;
using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Commands;

/// <summary>The options of study and tune that name the data, where their file names none.</summary>
/// <param name="what">What the file says, in a word.</param>
internal sealed class DataOptions(string what)
{
    private readonly Option<string?> _dataset = new("--dataset") { Description = $"Folder of the catalogue, where the {what} names no data." };
    private readonly Option<string?> _features = new("--features") { Description = "Folder of the feature store made from it." };
    private readonly Option<string?> _domain = new("--domain") { Description = "The target domain; may be left out where the catalogue has one." };

    /// <summary>Gives a verb the options.</summary>
    public void AddTo(Command command)
    {
        _domain.OfDatasetsDomains(_dataset);
        foreach (var option in new Option[] { _dataset, _features, _domain }) command.Options.Add(option);
    }

    /// <summary>Whether the command line names none.</summary>
    public bool AreLeftOut(ParseResult parsed) => parsed.GetValue(_dataset) is null && parsed.GetValue(_features) is null && parsed.GetValue(_domain) is null;

    /// <summary>What the command line names, or, where it names none, the file.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="own">What the file names; null for none.</param>
    /// <exception cref="UserErrorException">Neither names both catalogue and features.</exception>
    public StudyData Read(ParseResult parsed, StudyData? own)
    {
        if (own is not null && AreLeftOut(parsed)) return own;
        if (parsed.GetValue(_dataset) is not { } dataset || parsed.GetValue(_features) is not { } features)
            throw UserErrorException.Usage($"The {what} {(own is not null ? "names data of its own, of which --dataset and --features can take the place together" : "names no data")}; give --dataset and --features");
        return new() { Dataset = Path.GetFullPath(dataset), Features = Path.GetFullPath(features), Domain = parsed.GetValue(_domain) ?? "" };
    }
}
