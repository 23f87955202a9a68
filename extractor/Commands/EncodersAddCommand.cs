using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders add</c>: an ONNX file from elsewhere becomes an encoder.</summary>
internal static class EncodersAddCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "The ONNX file.", Required = true, HelpName = "file" };
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the encoder that is made, such as models-onnx/NAME.");
    private static readonly Option<string?> Output = new("--output") { Description = "Which output is the vector (needed where there are several)." };
    private static readonly Option<Pooling> PoolingKind = new("--pooling") { Description = "none, cls, mean or max (needed for an output with positions)." };
    private static readonly Option<TokenizerType?> Tokenizer = new("--tokenizer") { Description = "WordPiece, ClipBpe, Ngrams or HashedNgrams (needed where the model takes token ids)." };
    private static readonly Option<string?> Vocabulary = new("--vocabulary") { Description = "Its vocabulary.", HelpName = "file" };
    private static readonly Option<string?> Merges = new("--merges") { Description = "Its merges (ClipBpe).", HelpName = "file" };
    private static readonly Option<int> MaxLength = SharedOptions.Count("--max-length", "Ids an item at most.", 128, 1);
    private static readonly Option<bool> Cased = new("--cased") { Description = "Keep upper case and accents." };
    private static readonly Option<int?> Size = new("--size") { Description = "Side of the pictures (needed where the model leaves it open)." };
    private static readonly Option<int> ResizeTo = SharedOptions.Count("--resize-to", "Side to resize to before the crop (0 = the size).", 0, 0);
    private static readonly Option<Interpolation> Filter = new("--interpolation") { Description = "nearest, bilinear, bicubic or area.", DefaultValueFactory = _ => Interpolation.Bilinear };
    private static readonly Option<float[]> Mean = new("--mean") { Description = "Mean of each channel, of values from 0 to 1 (needed for pictures).", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<float[]> Std = new("--std") { Description = "Standard deviation of each channel (needed for pictures).", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> Normalize = new("--normalize") { Description = "Bring vectors to unit length." };

    public static Command Create() =>
        new ExtractCommand(
            "add",
            "Make an encoder of an ONNX file: what the model tells is probed, what it does not tell is asked for.",
            "encoders add --model mobilenet.onnx --out models-onnx/mobilenet --output embedding --mean 0.5 0.5 0.5 --std 0.5 0.5 0.5",
            "encoders add --model minilm.onnx --out models-onnx/minilm --tokenizer WordPiece --vocabulary vocab.txt --pooling mean --normalize")
        {
            Model, Out, Output, PoolingKind, Tokenizer, Vocabulary, Merges, MaxLength, Cased, Size, ResizeTo, Filter, Mean, Std, Normalize,
        }.Does(Run);

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var output = parsed.GetRequiredValue(Out);
        EncoderAddition.Make(output, new EncoderAdditionRequest
        {
            ModelPath = parsed.GetRequiredValue(Model),
            VocabularyPath = parsed.GetValue(Vocabulary),
            MergesPath = parsed.GetValue(Merges),
            Output = parsed.GetValue(Output),
            Pooling = parsed.GetValue(PoolingKind),
            Tokenizer = parsed.GetValue(Tokenizer),
            MaxLength = parsed.GetValue(MaxLength),
            Cased = parsed.GetValue(Cased),
            Size = parsed.GetValue(Size),
            ResizeTo = parsed.GetValue(ResizeTo),
            Interpolation = parsed.GetValue(Filter),
            Mean = parsed.GetValue(Mean) is { Length: > 0 } mean ? mean : null,
            Std = parsed.GetValue(Std) is { Length: > 0 } std ? std : null,
            Normalize = parsed.GetValue(Normalize),
        });
        var table = EncoderTable.Create();
        var usable = EncoderTable.Add(table, output, cancellation);
        ResultConsole.Create().Write(table);
        return usable ? ExitCodes.Done : ExitCodes.Failed;
    }
}
