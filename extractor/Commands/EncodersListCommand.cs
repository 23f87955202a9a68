using System.CommandLine;
using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>encoders list</c>.</summary>
internal static class EncodersListCommand
{
    private static readonly Option<string> Folder = new("--encoders") { Description = "Folder of the encoders.", DefaultValueFactory = _ => "models-onnx", HelpName = "folder" };

    public static Command Create() =>
        new ExtractCommand("list", "Show the encoders of a folder, whether each one loads, its width, precision and fingerprint.", "encoders list", "encoders list --encoders features/encoders")
        {
            Folder, SharedOptions.ComparedFeatures,
        }.Does(Run);

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = parsed.GetRequiredValue(Folder);
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder of encoders by --encoders.");
        var packs = Directory.GetDirectories(folder).Where(f => File.Exists(Path.Combine(f, EncoderPack.ConfigFile))).Order(StringComparer.Ordinal).ToArray();
        using var store = parsed.GetValue(SharedOptions.ComparedFeatures) is { } features ? FeatureStore.Open(features) : null;
        var table = EncoderTable.Create(withFeatures: store is not null);
        foreach (var pack in packs)
        {
            cancellation.ThrowIfCancellationRequested();
            EncoderTable.Add(table, pack, cancellation, store);
        }

        ResultConsole.Create().Write(table);
        if (packs.Length == 0)
            Console.WriteLine($"'{folder}' holds no encoders; 'unim2rec-extract encoders build' makes the built-in ones.");
        return ExitCodes.Done;
    }
}
