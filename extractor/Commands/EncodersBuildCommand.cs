using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.BuiltIn;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders build</c>.</summary>
internal static class EncodersBuildCommand
{
    private static readonly Argument<string[]> Names = new("name") { Description = $"Which ones: {string.Join(", ", BuiltInEncoders.Names)} (default: all).", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Folder = new("--encoders") { Description = "Folder of the encoders.", DefaultValueFactory = _ => "models-onnx", HelpName = "folder" };

    public static Command Create() =>
        new ExtractCommand("build", "Make the built-in encoders that need no fitting.", "encoders build", "encoders build image-stats --encoders models-onnx")
        {
            Names, Folder,
        }.Does((parsed, cancellation) =>
        {
            var names = parsed.GetValue(Names) is { Length: > 0 } given ? given : [.. BuiltInEncoders.Names];
            var table = EncoderTable.Create();
            foreach (var name in names)
            {
                cancellation.ThrowIfCancellationRequested();
                EncoderTable.Add(table, BuiltInEncoders.Create(name, Path.Combine(parsed.GetRequiredValue(Folder), name)).Folder, cancellation);
            }

            ResultConsole.Create().Write(table);
            return ExitCodes.Done;
        });
}
