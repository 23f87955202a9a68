using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Extractor.Importing.UniSRec;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import unisrec</c>.</summary>
internal static class ImportUniSRecCommand
{
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Folder with NAME.train/.valid/.test.inter, .text, .item2index, .user2index; several folders become several domains.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "folder",
    };

    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string?> Name = new("--name") { Description = "Name of the catalogue (default: the first data set's name)." };
    private static readonly Option<string[]> Domain = new("--domain")
    {
        Description = "Name of the domain, one for each --from (default: the data set's name in lower case).",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Features = new("--features")
    {
        Description = "Also make a feature store here of .feat1CLS (text) and .feat3CLS (image).",
        HelpName = "folder",
    };

    public static Command Create() =>
        new ExtractCommand(
            "unisrec",
            "The processed form of UniSRec and MISSRec, with its split kept exactly as published.",
            "import unisrec --from Scientific --out scientific",
            "import unisrec --from Scientific --out scientific --features scientific-clip")
        {
            From, Out, Name, Domain, Features,
        }.Does(Run);

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folders = parsed.GetRequiredValue(From).Select(ProcessedFolder.Open).ToArray();
        var names = parsed.GetValue(Domain) is { Length: > 0 } given ? given : [.. folders.Select(f => f.Name.ToLowerInvariant())];
        if (names.Length != folders.Length)
            throw new UserErrorException($"{folders.Length} folders were given by --from, but {names.Length} names by --domain; give one for each, or none.");
        var domains = folders.Select((folder, i) => ProcessedFormImporter.Read(folder, names[i])).ToArray();
        var output = parsed.GetRequiredValue(Out);
        CatalogueExport.Write(output, parsed.GetValue(Name) ?? folders[0].Name, domains, images: null, cancellation);
        DomainTable.Print(domains, output);
        if (parsed.GetValue(Features) is { } features)
        {
            PublishedFeatures.Write(output, folders, domains, features, Progress.ForConsole(), cancellation);
            StoreTable.Print(features);
        }

        return ExitCodes.Done;
    }
}
