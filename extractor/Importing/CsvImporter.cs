using System.CommandLine;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Turns plain tables (CSV, TSV, semicolons) into domains: a table of events, and one of items where there is one.</summary>
public sealed class CsvImporter : IImporter
{
    private static readonly Option<string[]> Interactions = Files("--interactions", "Tables of events, plain or .gz; several become several domains.", required: true);
    private static readonly Option<string[]> Items = Files("--items", "Tables of the items, in the same order (default: items have their id alone).", required: false);
    private static readonly Option<string[]> Domain = ListOption.Create("--domain", "Name of the domain, one for each --interactions (default: the file's name).");
    private static readonly Option<string[]> TimeUnit = TimeUnits.Option();
    private static readonly Option<string?> Images = new("--images") { Description = "Local folder of the pictures: the column of the picture is a path in it; without such a column they are named by item id.", HelpName = "folder" };
    private static readonly Option<double> MinimumRating = ImportOptions.MinimumRating();
    private static readonly Option<int> KCore = ImportOptions.KCore(0);

    /// <inheritdoc/>
    public string Name => "csv";

    /// <inheritdoc/>
    public string Description => "Plain tables of any columns: CSV, TSV, semicolons; times as numbers or dates of ISO 8601.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples =>
    [
        "import csv --interactions orders.csv --items products.csv --domain shop --out shop",
        "import csv --interactions plays.tsv --domain music --out music --user listener --item track --time played_at",
        "import csv --interactions orders.csv --items products.csv --domain shop --out shop --title \"Product name\" --description body --html --images pictures --image file",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [Interactions, Items, Domain, .. CsvColumns.Options, TimeUnit, Images, MinimumRating, KCore];

    /// <inheritdoc/>
    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        string[] events = parsed.GetRequiredValue(Interactions), items = parsed.GetValue(Items) ?? [];
        string[] names = parsed.GetValue(Domain) is { Length: > 0 } given ? given : [.. events.Select(NameOf)];
        if (names.Length != events.Length || (items.Length > 0 && items.Length != events.Length))
            throw UserErrorException.Usage($"--interactions names {events.Length} files, --items {items.Length} and --domain {names.Length} domains, but as many of each are needed (--items may be left out)");
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw UserErrorException.Usage($"{twice.Count()} domains would be called '{twice.Key}'; give each a name of its own by --domain");
        var columns = new CsvColumns(parsed);
        string? folder = parsed.GetValue(Images);
        if (folder is null && columns.IsAsked(CsvColumns.Image))
            throw UserErrorException.Usage("--image names a column of pictures, but not where they are; give their folder by --images");
        var pictures = folder is null ? null : new PicturesById(folder);
        double[] factors = TimeUnits.Factors(parsed.GetValue(TimeUnit) ?? [], events.Length);
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = true, KeepItemsWithoutEvents = parsed.GetValue(KCore) == 0, Log = context.Log };
        var domains = new List<ImportedDomain>();
        foreach (var (i, name) in names.Index())
        {
            var table = new CsvEvents(columns, parsed.GetValue(MinimumRating), context).Read(events[i]);
            context.Rejects.ThrowIfTooMany();
            table.ScaleTimes(factors[i]);
            var known = items.Length > 0 ? new CsvItems(columns, pictures, context).Read(items[i], name) : [.. table.Items.Select(id => new Item { Domain = name, ItemId = id, Image = pictures?.Find(id) ?? "" })];
            context.Rejects.ThrowIfTooMany();
            domains.Add(filter.Apply(new(name, known, table)));
        }

        TimeUnits.Compare(domains, context.Log);
        return new ImportedCatalogue(names[0], domains) { Images = pictures?.FullPath };
    }

    private static string NameOf(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        return name.Contains('.') ? name[..name.IndexOf('.', StringComparison.Ordinal)] : name;
    }

    private static Option<string[]> Files(string name, string description, bool required) =>
        new(name) { Description = description, Required = required, AllowMultipleArgumentsPerToken = true, HelpName = "file" };
}
