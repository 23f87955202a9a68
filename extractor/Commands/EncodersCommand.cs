using System.CommandLine;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders</c>: what encoders there are, and making them.</summary>
internal static class EncodersCommand
{
    public static Command Create() =>
        new ExtractCommand(
            "encoders",
            "List, check, build, fit, get, add and convert encoders.",
            "encoders list",
            "encoders get minilm resnet18",
            "encoders add --model mobilenet.onnx --out models-onnx/mobilenet --output embedding --mean 0.5 0.5 0.5 --std 0.5 0.5 0.5",
            "encoders convert --from bert-base-uncased --out models-onnx/bert")
        {
            EncodersListCommand.Create(),
            EncodersCheckCommand.Create(),
            EncodersBuildCommand.Create(),
            EncodersFitCommand.Create(),
            EncodersGetCommand.Create(),
            EncodersAddCommand.Create(),
            EncodersConvertCommand.Create(),
        };
}
