using System.CommandLine;
using System.CommandLine.Completions;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;

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

    /// <summary>Encoders that a shell may complete: the built-in ones, those that packages have, and the folders of <c>--encoders</c>' default.</summary>
    public static IEnumerable<CompletionItem> EncoderNames(CompletionContext context)
    {
        string folder = new ExtractionSettings().Encoders;
        string[] made = Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Where(f => File.Exists(Path.Combine(f, EncoderFolder.ConfigFile))).Select(f => Path.GetFileName(f))] : [];
        return BuiltInEncoders.Names.Concat(FittedEncoders.Names).Concat(PretrainedEncoders.Names).Concat(made).Distinct().Order(StringComparer.Ordinal).Select(name => new CompletionItem(name));
    }

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
