using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders fit</c>.</summary>
internal static class EncodersFitCommand
{
    private static readonly Option<string> Dataset = SharedOptions.Dataset();
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the encoder that is made.");
    private static readonly Option<string> Kind = new("--kind") { Description = $"{string.Join(" or ", FittedPacks.Names)}.", DefaultValueFactory = _ => BuiltInPacks.FittedText };
    private static readonly Option<string[]> TextFields = new("--text-fields") { Description = "Fields that make an item's text.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => new ExtractionSettings().TextFields };

    public static Command Create()
    {
        Kind.AcceptOnlyFromAmong([.. FittedPacks.Names]);
        TextFields.AcceptOnlyFromAmong([.. ItemText.Fields]);
        return new ExtractCommand("fit", "Fit a built-in text or cross encoder on a catalogue.", "encoders fit --dataset market --out models-onnx/market-text", "encoders fit --dataset market --kind cross-svd --out models-onnx/market-cross")
        {
            Dataset, Out, Kind, TextFields,
        }.Does(Run);
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var dataset = Catalogue.Dataset.Open(parsed.GetRequiredValue(Dataset));
        var fitted = new FittedPacks(dataset, dataset.ComputeFingerprint(), parsed.GetRequiredValue(TextFields), Progress.ForConsole());
        var pack = fitted.Open(parsed.GetRequiredValue(Kind), parsed.GetRequiredValue(Out), cancellation);
        var table = EncoderTable.Create();
        EncoderTable.Add(table, pack.Folder, cancellation);
        ResultConsole.Create().Write(table);
        return ExitCodes.Done;
    }
}
