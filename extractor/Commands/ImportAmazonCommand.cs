using System.CommandLine;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Extractor.Importing.Amazon;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import amazon</c>.</summary>
internal static class ImportAmazonCommand
{
    private static readonly Option<string[]> Reviews = Files("--reviews", "Reviews of a category, JSON lines, plain or .gz; several become several domains.");
    private static readonly Option<string[]> Metadata = Files("--metadata", "Metadata of the same categories, in the same order.");
    private static readonly Option<string[]> Domain = new("--domain") { Description = "Name of the domain, one for each --reviews.", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string> Name = new("--name") { Description = "Name of the catalogue.", DefaultValueFactory = _ => "amazon" };
    private static readonly Option<string?> Images = SharedOptions.Images();
    private static readonly Option<double> MinimumRating = new("--min-rating") { Description = "Leave out reviews with fewer stars." };
    private static readonly Option<int> KCore = SharedOptions.Count("--k-core", "Drop users and items with fewer reviews, again and again until none is left (0 = keep all).", 5, 0);
    private static readonly Option<bool> KeepItemsWithoutText = new("--keep-items-without-text") { Description = "Keep items without any text." };
    private static readonly Option<double> MaxRejectRate = SharedOptions.MaxRejectRate();

    public static Command Create()
    {
        var command = new ExtractCommand(
            "amazon",
            "Amazon Reviews of 2014, 2018 or 2023, with the papers' preprocessing: items without metadata dropped, 5-core, in order of time.",
            "import amazon --reviews Office_Products_5.json.gz --metadata meta_Office_Products.json.gz --domain office --out office",
            "import amazon --reviews food.jsonl.gz home.jsonl.gz --metadata meta_food.jsonl.gz meta_home.jsonl.gz --domain food home --out shop --images pictures")
        {
            Reviews, Metadata, Domain, Out, Name, Images, MinimumRating, KCore, KeepItemsWithoutText, MaxRejectRate,
        }.Does(Run);
        command.Validators.Add(result =>
        {
            var (reviews, metadata, names) = (result.GetValue(Reviews)?.Length, result.GetValue(Metadata)?.Length, result.GetValue(Domain)?.Length);
            if (reviews != metadata || reviews != names)
                result.AddError($"--reviews names {reviews} files, --metadata {metadata} and --domain {names} domains, but as many of each are needed.");
        });
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var output = parsed.GetRequiredValue(Out);
        var pictures = parsed.GetValue(Images) is { } folder ? new PicturesById(folder) : null;
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = parsed.GetValue(KeepItemsWithoutText) };
        using var rejects = new RejectLog(Path.Combine(output, "rejects.csv"), parsed.GetValue(MaxRejectRate));
        var progress = Progress.ForConsole();
        var metadata = parsed.GetRequiredValue(Metadata);
        var names = parsed.GetRequiredValue(Domain);
        var domains = parsed.GetRequiredValue(Reviews)
            .Select((reviews, i) => filter.Apply(AmazonImporter.Read(names[i], reviews, metadata[i], parsed.GetValue(MinimumRating), pictures, rejects, progress, cancellation)))
            .ToArray();
        CatalogueExport.Write(output, parsed.GetRequiredValue(Name), domains, pictures is null ? null : Path.GetRelativePath(output, pictures.Folder), cancellation);
        DomainTable.Print(domains, output);
        return ImportOutcome.ExitCode(rejects, output);
    }

    private static Option<string[]> Files(string name, string description) =>
        new(name) { Description = description, Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "file" };
}
