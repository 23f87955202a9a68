using System.CommandLine;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders check</c>.</summary>
internal static class EncodersCheckCommand
{
    private static readonly Argument<string[]> Folders = new("folder") { Description = "Folders of encoders.", Arity = ArgumentArity.OneOrMore };

    public static Command Create() =>
        new ExtractCommand("check", "Load encoders and say what each one is; fails where one can't be used.", "encoders check models-onnx/minilm")
        {
            Folders,
        }.Does((parsed, cancellation) =>
        {
            var table = EncoderTable.Create();
            var usable = parsed.GetRequiredValue(Folders).Count(folder => EncoderTable.Add(table, folder, cancellation));
            ResultConsole.Create().Write(table);
            return usable == parsed.GetRequiredValue(Folders).Length ? ExitCodes.Done : ExitCodes.Failed;
        });
}
