using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Graphs.Bert;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders convert</c>: a Hugging Face folder becomes an encoder, without Python.</summary>
internal static class EncodersConvertCommand
{
    private const string Half = "fp16";
    private static readonly Option<string> From = new("--from") { Description = "Folder with config.json, model.safetensors and, for text, the vocabulary.", Required = true, HelpName = "folder" };
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the encoder that is made, such as models-onnx/NAME; CLIP makes NAME-text and NAME-image.");
    private static readonly Option<string> Name = new("--name") { Description = "Name of the encoder (default: the folder's).", DefaultValueFactory = _ => "" };
    private static readonly Option<string> PrecisionName = new("--precision") { Description = "fp32, or fp16: half the size, faster on GPUs, slower on most processors.", DefaultValueFactory = _ => "fp32" };
    private static readonly Option<SentencePooling?> PoolingKind = new("--pooling") { Description = "cls, mean, max or pooler (default: what 1_Pooling/config.json says, else cls)." };
    private static readonly Option<bool?> Normalize = new("--normalize") { Description = "Bring vectors to unit length (default: what modules.json says, else no)." };
    private static readonly Option<int> MaxLength = SharedOptions.Count("--max-length", "Ids a text at most (0 = what the folder says).", 0, 0);
    private static readonly Option<string> ImageBackbone = new("--image-backbone") { Description = "VisualBERT: folder of the ResNet-50 whose last map gives the visual tokens.", DefaultValueFactory = _ => "", HelpName = "folder" };

    public static Command Create()
    {
        PrecisionName.AcceptOnlyFromAmong("fp32", Half);
        return new ExtractCommand(
            "convert",
            "Make an encoder of a Hugging Face folder of BERT, ResNet, VisualBERT or CLIP (docs/ENCODERS.md).",
            "encoders convert --from bert-base-uncased --out models-onnx/bert",
            "encoders convert --from visualbert-vqa-coco-pre --image-backbone resnet-50 --out models-onnx/visualbert",
            "encoders convert --from clip-vit-base-patch32 --out models-onnx/clip --precision fp16")
        {
            From, Out, Name, PrecisionName, PoolingKind, Normalize, MaxLength, ImageBackbone,
        }.Does(Run);
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var options = new ConvertOptions
        {
            Name = parsed.GetRequiredValue(Name),
            Precision = parsed.GetValue(PrecisionName) == Half ? Precision.Float16 : Precision.Float32,
            Pooling = parsed.GetValue(PoolingKind),
            Normalize = parsed.GetValue(Normalize),
            MaxLength = parsed.GetValue(MaxLength),
            ImageBackbone = parsed.GetRequiredValue(ImageBackbone),
        };
        var packs = EncoderConverter.Convert(parsed.GetRequiredValue(From), parsed.GetRequiredValue(Out), options, Progress.ForConsole(), cancellation);
        var table = EncoderTable.Create();
        var usable = packs.Count(pack => EncoderTable.Add(table, pack.Folder, cancellation));
        ResultConsole.Create().Write(table);
        foreach (var pack in packs)
            Console.WriteLine($"{pack.Folder}: fingerprint {pack.Fingerprint(cancellation)}");
        Console.WriteLine($"next: unim2rec-extract run --dataset CATALOGUE --out FEATURES {string.Join(' ', packs.Select(NameByModality))}");
        return usable == packs.Count ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static string NameByModality(EncoderPack pack) => $"--{pack.ModalityName} {Path.GetRelativePath(Environment.CurrentDirectory, pack.Folder)}";
}
