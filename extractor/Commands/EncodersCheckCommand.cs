using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders check</c>.</summary>
internal static class EncodersCheckCommand
{
    private static readonly Argument<string[]> Folders = new("folder") { Description = "Folders of encoders.", Arity = ArgumentArity.OneOrMore };

    public static Command Create() =>
        new ExtractCommand("check", "Load encoders and say what each one is; fails where one can't be used.", "encoders check models-onnx/minilm")
        {
            Folders, SharedOptions.ComparedFeatures,
        }.Does((parsed, cancellation) =>
        {
            using var store = parsed.GetValue(SharedOptions.ComparedFeatures) is { } features ? FeatureStore.Open(features) : null;
            var table = EncoderTable.Create(withFeatures: store is not null);
            var usable = parsed.GetRequiredValue(Folders).Count(folder => EncoderTable.Add(table, folder, cancellation, store));
            ResultConsole.Create().Write(table);
            return usable == parsed.GetRequiredValue(Folders).Length ? ExitCodes.Done : ExitCodes.Failed;
        });
}
