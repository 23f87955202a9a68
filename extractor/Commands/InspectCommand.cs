using System.CommandLine;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>inspect</c>: what a store holds.</summary>
internal static class InspectCommand
{
    private static readonly Option<string> Features = SharedOptions.Features();

    public static Command Create() =>
        new ExtractCommand("inspect", "Show what a feature store holds.", "inspect --features features")
        {
            Features,
        }.Does((parsed, _) =>
        {
            StoreTable.Print(parsed.GetRequiredValue(Features));
            return ExitCodes.Done;
        });
}
