using System.CommandLine;
using System.Text.Json.Nodes;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders</c>: what encoders there are, and making them.</summary>
internal static class EncodersCommand
{
    public static Command Create() =>
        new Verb(
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

/// <summary><c>encoders list</c>.</summary>
internal static class EncodersListCommand
{
    private static readonly Option<string> Folder = new("--encoders") { Description = "Folder of the encoders.", DefaultValueFactory = _ => "models-onnx", HelpName = "folder" };

    public static Command Create() =>
        new Verb("list", "Show the encoders of a folder, whether each one loads, its width, precision and fingerprint.", "encoders list", "encoders list --encoders features/encoders")
        {
            Folder, SharedOptions.ComparedFeatures,
        }.Does(Run);

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        string folder = parsed.GetRequiredValue(Folder);
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder of encoders by --encoders.");
        string[] encoders = Directory.GetDirectories(folder).Where(f => File.Exists(Path.Combine(f, EncoderFolder.ConfigFile))).Order(StringComparer.Ordinal).ToArray();
        using var store = parsed.GetValue(SharedOptions.ComparedFeatures) is { } features ? FeatureStore.Open(features) : null;
        var table = EncoderTable.Create(withFeatures: store is not null);
        foreach (string? encoder in encoders)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            EncoderTable.Add(table, encoder, context.Cancellation, store);
        }

        results.Add(table);
        if (encoders.Length == 0)
            results.Say($"'{folder}' holds no encoders; 'unim2rec-extract encoders build' makes the built-in ones.");
        return ExitCodes.Done;
    }
}

/// <summary><c>encoders check</c>.</summary>
internal static class EncodersCheckCommand
{
    private static readonly Argument<string[]> Folders = new("folder") { Description = "Folders of encoders.", Arity = ArgumentArity.OneOrMore };

    public static Command Create() =>
        new Verb("check", "Load encoders and say what each one is; fails where one can't be used.", "encoders check models-onnx/minilm")
        {
            Folders, SharedOptions.ComparedFeatures,
        }.Does((parsed, context, results) =>
        {
            using var store = parsed.GetValue(SharedOptions.ComparedFeatures) is { } features ? FeatureStore.Open(features) : null;
            var table = EncoderTable.Create(withFeatures: store is not null);
            int usable = parsed.GetRequiredValue(Folders).Count(folder => EncoderTable.Add(table, folder, context.Cancellation, store));
            results.Add(table);
            return usable == parsed.GetRequiredValue(Folders).Length ? ExitCodes.Done : ExitCodes.Failed;
        });
}

/// <summary>A table of encoders; one that can't be used gets a row that says so, and the error stream says why.</summary>
internal static class EncoderTable
{
    /// <summary>An empty table; with a column for what a store has from each encoder where one is to be compared with.</summary>
    public static ResultTable Create(bool withFeatures = false)
    {
        var table = new ResultTable("encoders", "encoder").Text("modality").Number("width").Text("precision").Text("fingerprint").Text("state");
        if (withFeatures) table.Text("features");
        return table.Text("inputs", isWide: true).Text("output", isWide: true);
    }

    /// <summary>Opens an encoder's session and adds a row.</summary>
    /// <returns>Whether it can be used.</returns>
    public static bool Add(ResultTable table, string folder, CancellationToken cancellation, FeatureStore? store = null)
    {
        try
        {
            var encoder = EncoderFolder.Open(folder);
            using var session = EncoderSession.Open(encoder, new SessionSettings { Spinning = false });
            TextTokenizers.Open(encoder);
            ResultCell[] shown = [encoder.Config.Name, encoder.ModalityName, ResultCell.Count(session.Width), ModelWeights.Scan(encoder.ModelPath).Precision, encoder.Fingerprint(cancellation)[..12], "loads"];
            ResultCell[] features = store is null ? [] : [FeatureFreshness.Of(encoder, store, cancellation)];
            table.Row([.. shown, .. features, string.Join(", ", session.Inputs.Select(i => $"{i.Name} {i.Type}")), session.OutputName]);
            return true;
        }
        catch (UserErrorException unusable)
        {
            Console.Error.WriteLine(unusable.Message);
            ResultCell[] features = store is null ? [] : [ResultCell.None];
            table.Row([Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), ResultCell.None, ResultCell.None, ResultCell.None, ResultCell.None, new ResultCell("can't be used", JsonValue.Create(unusable.Message)), .. features, ResultCell.None, ResultCell.None]);
            return false;
        }
    }
}
