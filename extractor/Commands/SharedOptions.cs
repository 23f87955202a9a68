using System.CommandLine;
using UniM2Rec.Models.Encoders;

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

    public static Option<double> MaxRejectRate() => DecimalNumber.Share("--max-reject-rate", "Share of bad rows (listed in rejects.csv) above which the run fails.", 0.01);

    /// <summary>An encoder that exists is replaced when that is asked for alone: features and trained models may hang on it.</summary>
    /// <param name="folder">The encoder's folder, which need not be there.</param>
    /// <param name="overwrite">Whether it was asked for.</param>
    /// <exception cref="UserErrorException">There is an encoder already.</exception>
    public static void RequireNoEncoder(string folder, bool overwrite)
    {
        if (!overwrite && File.Exists(Path.Combine(folder, EncoderFolder.ConfigFile)))
            throw new UserErrorException($"'{folder}' holds an encoder already, from which features and models may have been made; give another --out, or --overwrite to replace it.");
    }

    public static Option<bool> Overwrite(string description) => new("--overwrite") { Description = description };

    /// <summary><c>--features</c> where a store is compared with, not needed.</summary>
    public static Option<string?> ComparedFeatures { get; } = new("--features") { Description = "Feature store to compare with: says which of its features are stale.", HelpName = "folder" };
}
