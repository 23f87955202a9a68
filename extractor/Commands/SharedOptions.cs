using System.CommandLine;
using System.CommandLine.Parsing;

namespace UniM2Rec.Extractor.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string> Dataset(bool required = true) =>
        new("--dataset") { Description = "Folder of the catalogue (dataset.json and a folder for each domain).", Required = required, HelpName = "folder" };

    public static Option<string> Features() =>
        new("--features") { Description = "Folder of the feature store.", Required = true, HelpName = "folder" };

    public static Option<string> Out(string description) =>
        new("--out") { Description = description, Required = true, HelpName = "folder" };

    public static Option<string?> Images() =>
        new("--images") { Description = "Local folder of pictures that are named by item id (ID.jpg, .png, ...); nothing is downloaded.", HelpName = "folder" };

    public static Option<double> MaxRejectRate() =>
        new("--max-reject-rate") { Description = "Share of bad rows (listed in rejects.csv) above which the run fails.", DefaultValueFactory = _ => 0.01 };

    public static Option<double> Share(string name, string description, double standard)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result => Check(result, result.GetValueOrDefault<double>(), 0, 1, name));
        return option;
    }

    public static Option<int> Count(string name, string description, int standard, int least, int most = int.MaxValue)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result => Check(result, result.GetValueOrDefault<int>(), least, most, name));
        return option;
    }

    private static void Check(OptionResult result, double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
            result.AddError(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} is {value}, but a value from {least} to {most} is needed."));
    }

    /// <summary><c>--features</c> where a store is compared with, not needed.</summary>
    public static Option<string?> ComparedFeatures { get; } = new("--features") { Description = "Feature store to compare with: says which of its features are stale.", HelpName = "folder" };
}
