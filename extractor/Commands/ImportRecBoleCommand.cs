using System.CommandLine;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Extractor.Importing.RecBole;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import recbole</c>.</summary>
internal static class ImportRecBoleCommand
{
    private static readonly AtomicFieldNames Standard = new();
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Folder with NAME.inter and NAME.item; several folders become several domains.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "folder",
    };

    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string?> Name = new("--name") { Description = "Name of the catalogue (default: the first domain's)." };
    private static readonly Option<string[]> Domain = new("--domain") { Description = "Name of the domain, one for each --from.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Title = Field("--title-field", Standard.Title);
    private static readonly Option<string[]> Category = Field("--category-field", Standard.Category);
    private static readonly Option<string[]> Brand = Field("--brand-field", Standard.Brand);
    private static readonly Option<string[]> Description = Field("--description-field", Standard.Description);
    private static readonly Option<string[]> Image = Field("--image-field", Standard.Image);
    private static readonly Option<double> MinimumRating = new("--min-rating") { Description = "Leave out events rated lower." };
    private static readonly Option<int> KCore = SharedOptions.Count("--k-core", "Drop users and items with fewer events, again and again until none is left (0 = keep all).", 0, 0);
    private static readonly Option<bool> KeepItemsWithoutText = new("--keep-items-without-text") { Description = "Keep items without any text." };
    private static readonly Option<double> MaxRejectRate = SharedOptions.MaxRejectRate();

    public static Command Create() =>
        new ExtractCommand(
            "recbole",
            "RecBole's atomic files (.inter, .item, typed headers).",
            "import recbole --from ml-1m --out ml-1m --k-core 5",
            "import recbole --from books music --domain books music --out shop --title-field name")
        {
            From, Out, Name, Domain, Title, Category, Brand, Description, Image, MinimumRating, KCore, KeepItemsWithoutText, MaxRejectRate,
        }.Does(Run);

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folders = parsed.GetRequiredValue(From);
        var names = parsed.GetValue(Domain) is { Length: > 0 } given ? given : [];
        if (names.Length > 0 && names.Length != folders.Length)
            throw new UserErrorException($"{folders.Length} folders were given by --from, but {names.Length} names by --domain; give one for each, or none.");
        var fields = Standard with
        {
            Title = parsed.GetRequiredValue(Title),
            Category = parsed.GetRequiredValue(Category),
            Brand = parsed.GetRequiredValue(Brand),
            Description = parsed.GetRequiredValue(Description),
            Image = parsed.GetRequiredValue(Image),
        };
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = parsed.GetValue(KeepItemsWithoutText) };
        var output = parsed.GetRequiredValue(Out);
        using var rejects = new RejectLog(Path.Combine(output, "rejects.csv"), parsed.GetValue(MaxRejectRate));
        var domains = folders.Select((folder, i) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return filter.Apply(AtomicFilesImporter.Read(folder, names.ElementAtOrDefault(i), fields, parsed.GetValue(MinimumRating), rejects));
        }).ToArray();
        CatalogueExport.Write(output, parsed.GetValue(Name) ?? domains[0].Name, domains, domains.Any(d => d.Items.Any(i => i.Image.Length > 0)) ? "images" : null, cancellation);
        DomainTable.Print(domains, output);
        return ImportOutcome.ExitCode(rejects, output);
    }

    private static Option<string[]> Field(string name, string[] standard) =>
        new(name) { Description = "Names of the field; the first that the file has is taken.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => standard };
}
