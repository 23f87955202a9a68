using System.CommandLine;

namespace UniM2Rec.Extractor.Commands;

/// <summary>The program unim2rec-extract.</summary>
internal static class ExtractProgram
{
    public static RootCommand Create() => CommandFrame.Program(
        "unim2rec-extract",
        "Turns a catalogue's texts and pictures into features, once, with encoders that are plain ONNX files.",
        ImportCommand.Create(),
        SynthCommand.Create(),
        RunCommand.Create(),
        VerifyCommand.Create(),
        InspectCommand.Create(),
        MergeCommand.Create(),
        EncodersCommand.Create(),
        ImportFeaturesCommand.Create());

    public static Task<int> RunAsync(string[] arguments, TextWriter errors) => CommandFrame.RunAsync(Create(), arguments, errors);
}
