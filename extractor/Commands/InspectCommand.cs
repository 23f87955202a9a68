using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>inspect</c>: what a store holds.</summary>
internal static class InspectCommand
{
    private static readonly Option<string> Features = SharedOptions.Features();
    private static readonly Option<string> Encoders = new("--encoders") { Description = "Folder of the encoders that the features are compared with, beside those in the store.", DefaultValueFactory = _ => new ExtractionSettings().Encoders, HelpName = "folder" };

    public static Command Create() =>
        new ExtractCommand("inspect", "Show what a feature store holds, and whether the encoders that made it have changed.", "inspect --features features")
        {
            Features, Encoders,
        }.Does((parsed, cancellation) =>
        {
            StoreTable.Print(parsed.GetRequiredValue(Features), parsed.GetRequiredValue(Encoders), cancellation);
            return ExitCodes.Done;
        });
}
