using System.CommandLine;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Families;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders add</c>: an ONNX file from elsewhere becomes an encoder.</summary>
internal static class EncodersAddCommand
{
    private static readonly Option<string> Model = new("--model") { Description = "The ONNX file.", Required = true, HelpName = "file" };
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the encoder that is made, such as models-onnx/NAME.");
    private static readonly Option<string?> Output = new("--output") { Description = "Which output is the vector (needed where there are several)." };
    private static readonly Option<Pooling> PoolingKind = NameOption.WithDefault("--pooling", "none, cls, mean or max (needed for an output with positions).", Pooling.None);
    private static readonly Option<TokenizerType?> Tokenizer = NameOption.Optional<TokenizerType>("--tokenizer", "word-piece, clip-bpe, ngrams or hashed-ngrams (needed where the model takes token ids).");
    private static readonly Option<string?> Vocabulary = new("--vocabulary") { Description = "Its vocabulary.", HelpName = "file" };
    private static readonly Option<string?> Merges = new("--merges") { Description = "Its merges (ClipBpe).", HelpName = "file" };
    private static readonly Option<int?> MaxLength = WholeNumber.Optional("--max-length", "Ids an item at most (default: as the model declares, or 128).");
    private static readonly Option<bool> PadToMaxLength = new("--pad-to-max-length") { Description = "Fill every text up to --max-length, for a model that takes no attention mask." };
    private static readonly Option<bool> Cased = new("--cased") { Description = "Keep upper case and accents." };
    private static readonly Option<int?> Size = WholeNumber.Optional("--size", "Side of the pictures (needed where the model leaves it open).");
    private static readonly Option<int> ResizeTo = WholeNumber.WithDefault("--resize-to", "Side to resize to before the crop (0 = the size).", 0, 0);
    private static readonly Option<Interpolation> Filter = NameOption.WithDefault("--interpolation", "nearest, bilinear, bicubic or area.", Interpolation.Bilinear);
    private static readonly Option<double[]> Mean = DecimalNumber.List("--mean", "Mean of each channel, of values from 0 to 1 (needed for pictures).");
    private static readonly Option<double[]> Std = DecimalNumber.List("--std", "Standard deviation of each channel (needed for pictures).");
    private static readonly Option<int[]> Background = WholeNumber.List("--background", "Red, green and blue (0 to 255) of what is behind transparent pixels (default: white).");
    private static readonly Option<bool> Normalize = new("--normalize") { Description = "Bring vectors to unit length." };
    private static readonly Option<bool> Overwrite = SharedOptions.Overwrite("Replace the encoder in --out.");

    public static Command Create() =>
        new Verb(
            "add",
            "Make an encoder of an ONNX file: what the model tells is probed, what it does not tell is asked for.",
            "encoders add --model mobilenet.onnx --out models-onnx/mobilenet --output embedding --mean 0.5 0.5 0.5 --std 0.5 0.5 0.5",
            "encoders add --model minilm.onnx --out models-onnx/minilm --tokenizer WordPiece --vocabulary vocab.txt --pooling mean --normalize")
        {
            Model, Out, Output, PoolingKind, Tokenizer, Vocabulary, Merges, MaxLength, PadToMaxLength, Cased, Size, ResizeTo, Filter, Mean, Std, Background, Normalize, Overwrite,
        }.Does(Run);

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        string output = parsed.GetRequiredValue(Out);
        SharedOptions.RequireNoEncoder(output, parsed.GetValue(Overwrite));
        EncoderAddition.Make(output, new EncoderAdditionRequest
        {
            ModelPath = parsed.GetRequiredValue(Model),
            VocabularyPath = parsed.GetValue(Vocabulary),
            MergesPath = parsed.GetValue(Merges),
            Output = parsed.GetValue(Output),
            Pooling = parsed.GetValue(PoolingKind),
            Tokenizer = parsed.GetValue(Tokenizer),
            MaxLength = parsed.GetValue(MaxLength),
            PadToMaxLength = parsed.GetValue(PadToMaxLength),
            Cased = parsed.GetValue(Cased),
            Size = parsed.GetValue(Size),
            ResizeTo = parsed.GetValue(ResizeTo),
            Interpolation = parsed.GetValue(Filter),
            Mean = parsed.GetValue(Mean) is { Length: > 0 } mean ? [.. mean.Select(m => (float)m)] : null,
            Std = parsed.GetValue(Std) is { Length: > 0 } std ? [.. std.Select(s => (float)s)] : null,
            Background = parsed.GetValue(Background) is { Length: > 0 } background ? background : null,
            Normalize = parsed.GetValue(Normalize),
        });
        var table = EncoderTable.Create();
        bool usable = EncoderTable.Add(table, output, context.Cancellation);
        results.Add(table);
        return usable ? ExitCodes.Done : ExitCodes.Failed;
    }
}

/// <summary><c>encoders convert</c>: a Hugging Face folder becomes an encoder, without Python.</summary>
internal static class EncodersConvertCommand
{
    private const string Half = "fp16";
    private static readonly Option<string> From = new("--from") { Description = "Folder with config.json, model.safetensors and, for text, the vocabulary.", Required = true, HelpName = "folder" };
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the encoder that is made, such as models-onnx/NAME; CLIP makes NAME-text and NAME-image.");
    private static readonly Option<string> Name = new("--name") { Description = "Name of the encoder (default: the folder's).", DefaultValueFactory = _ => "" };
    private static readonly Option<string> PrecisionName = new("--precision") { Description = "fp32, or fp16: half the size, faster on GPUs, slower on most processors.", DefaultValueFactory = _ => "fp32" };
    private static readonly Option<SentencePooling?> PoolingKind = NameOption.Optional<SentencePooling>("--pooling", "cls, mean, max or pooler (default: what 1_Pooling/config.json says, else cls).");
    private static readonly Option<bool?> Normalize = new("--normalize") { Description = "Bring vectors to unit length (default: what modules.json says, else no)." };
    private static readonly Option<int> MaxLength = WholeNumber.WithDefault("--max-length", "Ids a text at most (0 = what the folder says).", 0, 0);
    private static readonly Option<string> ImageBackbone = new("--image-backbone") { Description = "VisualBERT: folder of the ResNet-50 whose last map gives the visual tokens.", DefaultValueFactory = _ => "", HelpName = "folder" };
    private static readonly Option<bool> Overwrite = SharedOptions.Overwrite("Replace the encoders in --out.");

    public static Command Create()
    {
        PrecisionName.AcceptOnlyFromAmong("fp32", Half);
        return new Verb(
            "convert",
            "Make an encoder of a Hugging Face folder of BERT, ResNet, VisualBERT or CLIP (docs/ENCODERS.md).",
            "encoders convert --from bert-base-uncased --out models-onnx/bert",
            "encoders convert --from visualbert-vqa-coco-pre --image-backbone resnet-50 --out models-onnx/visualbert",
            "encoders convert --from clip-vit-base-patch32 --out models-onnx/clip --precision fp16")
        {
            From, Out, Name, PrecisionName, PoolingKind, Normalize, MaxLength, ImageBackbone, Overwrite,
        }.Does(Run);
    }

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
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
        string output = parsed.GetRequiredValue(Out);
        foreach (string folder in new[] { output, output + "-text", output + "-image" }) SharedOptions.RequireNoEncoder(folder, parsed.GetValue(Overwrite));
        var encoders = EncoderConverter.Convert(parsed.GetRequiredValue(From), output, options, context.Progress, context.Cancellation);
        var table = EncoderTable.Create();
        int usable = encoders.Count(encoder => EncoderTable.Add(table, encoder.Folder, context.Cancellation));
        results.Add(table);
        foreach (var encoder in encoders)
            results.Say($"{encoder.Folder}: fingerprint {encoder.Fingerprint(context.Cancellation)}");
        VerbContext.Next(["unim2rec-extract", "run", "--dataset", "CATALOGUE", "--out", "FEATURES", .. encoders.SelectMany(NameByModality)]);
        return usable == encoders.Count ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static string[] NameByModality(EncoderFolder encoder) => [$"--{encoder.ModalityName}", Path.GetRelativePath(Environment.CurrentDirectory, encoder.Folder)];
}
