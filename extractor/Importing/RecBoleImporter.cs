using System.CommandLine;
using System.Globalization;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Turns RecBole's NAME.inter (or NAME.train.inter, .valid.inter and .test.inter) and NAME.item into a domain.</summary>
public sealed class RecBoleImporter : IImporter
{
    private const string UserOption = "--user-field", ItemOption = "--item-field", TimeOption = "--time-field", RatingOption = "--rating-field";
    private static readonly AtomicFieldNames Standard = new();
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Folder with NAME.inter, or NAME.train.inter, .valid.inter and .test.inter, and NAME.item; several folders become several domains.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "folder",
    };

    private static readonly Option<string[]> Domain = ListOption.Create("--domain", "Name of the domain, one for each --from.");
    private static readonly Option<string[]> User = Field(UserOption, Standard.User);
    private static readonly Option<string[]> ItemId = Field(ItemOption, Standard.Item);
    private static readonly Option<string[]> Time = Field(TimeOption, Standard.Timestamp);
    private static readonly Option<string[]> Rating = Field(RatingOption, Standard.Rating);
    private static readonly Option<string[]> Title = Field("--title-field", Standard.Title);
    private static readonly Option<string[]> Category = Field("--category-field", Standard.Category);
    private static readonly Option<string[]> Brand = Field("--brand-field", Standard.Brand);
    private static readonly Option<string[]> DescriptionField = Field("--description-field", Standard.Description);
    private static readonly Option<string[]> Image = Field("--image-field", Standard.Image);
    private static readonly Option<string[]> TimeUnit = TimeUnits.Option();
    private static readonly Option<double> MinimumRating = ImportOptions.MinimumRating();
    private static readonly Option<int> KCore = ImportOptions.KCore(0);
    private static readonly Option<bool> KeepItemsWithoutText = ImportOptions.KeepItemsWithoutText();

    /// <inheritdoc/>
    public string Name => "recbole";

    /// <inheritdoc/>
    public string Description => "RecBole's atomic files (.inter, .item, typed headers), with their split where it comes in three files.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples =>
    [
        "import recbole --from ml-1m --out ml-1m --k-core 5",
        "import recbole --from books music --domain books music --out shop --title-field name",
        "import recbole --from yelp --out yelp --item-field business_id --time-field date --rating-field stars",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options =>
        [From, Domain, User, ItemId, Time, Rating, Title, Category, Brand, DescriptionField, Image, TimeUnit, MinimumRating, KCore, KeepItemsWithoutText];

    /// <inheritdoc/>
    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        string[] folders = parsed.GetRequiredValue(From);
        string[] names = parsed.GetValue(Domain) ?? [];
        if (names.Length > 0 && names.Length != folders.Length)
            throw UserErrorException.Usage($"{folders.Length} folders were given by --from, but {names.Length} names by --domain; give one for each, or none");
        double[] factors = TimeUnits.Factors(parsed.GetValue(TimeUnit) ?? [], folders.Length);
        var fields = Fields(parsed);
        var domains = folders.Select((folder, i) =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var domain = Read(folder, names.ElementAtOrDefault(i), fields, parsed.GetValue(MinimumRating), context);
            domain.Interactions.ScaleTimes(factors[i]);
            // Without a file of items, none of them can have a text.
            bool keepsAll = parsed.GetValue(KeepItemsWithoutText) || domain.Items.All(item => item.Text.Length + item.Description.Length == 0);
            return new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = keepsAll, Log = context.Log }.Apply(domain);
        }).ToArray();
        TimeUnits.Compare(domains, context.Log);
        return new ImportedCatalogue(domains[0].Name, domains) { Images = domains.Any(d => d.Items.Any(i => i.Image.Length > 0)) ? "images" : null };
    }

    /// <summary>Reads one data set.</summary>
    /// <param name="folder">Folder with one data set's files.</param>
    /// <param name="domain">Name of the domain that it becomes; null = the file's name in lower case.</param>
    /// <param name="fields">Which fields mean what.</param>
    /// <param name="minimumRating">Events rated lower are left out; 0 keeps all.</param>
    /// <param name="context">Takes lines that can't be used, and warnings.</param>
    /// <exception cref="UserErrorException">A file or a needed field is missing.</exception>
    public static ImportedDomain Read(string folder, string? domain, AtomicFieldNames fields, double minimumRating, ImportContext context)
    {
        var files = RecBoleFolder.Open(folder);
        string name = domain ?? files.Name.ToLowerInvariant();
        var table = new InteractionTable();
        foreach (var (path, part) in files.Interactions)
            ReadInteractions(path, part, fields, minimumRating, table, context);
        if (File.Exists(files.Items))
            return new(name, ReadItems(files.Items, name, fields, context.Rejects), table);
        context.Log.Warning("{Domain:l}: there is no {File:l}, so that its items have neither text nor picture", name, files.Items);
        return new(name, [.. table.Items.Select(id => new Item { Domain = name, ItemId = id })], table);
    }

    private static Option<string[]> Field(string name, string[] standard) =>
        new(name) { Description = "Names of the field; the first that the file has is taken.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => standard };

    private static AtomicFieldNames Fields(ParseResult parsed) => new()
    {
        User = parsed.GetRequiredValue(User),
        Item = parsed.GetRequiredValue(ItemId),
        Timestamp = parsed.GetRequiredValue(Time),
        Rating = parsed.GetRequiredValue(Rating),
        Title = parsed.GetRequiredValue(Title),
        Category = parsed.GetRequiredValue(Category),
        Brand = parsed.GetRequiredValue(Brand),
        Description = parsed.GetRequiredValue(DescriptionField),
        Image = parsed.GetRequiredValue(Image),
        Asked = new[] { User, ItemId, Time, Rating, Title, Category, Brand, DescriptionField, Image }
            .Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToHashSet(),
    };

    private static void ReadInteractions(string path, SplitPart part, AtomicFieldNames fields, double minimumRating, InteractionTable table, ImportContext context)
    {
        using var file = RecBoleFile.Open(path, context.Rejects);
        var (user, item) = (file.Require(fields.User, UserOption), file.Require(fields.Item, ItemOption));
        int time = file.Find(fields.Timestamp, TimeOption, fields.Asked.Contains(TimeOption));
        int rating = file.Find(fields.Rating, RatingOption, minimumRating > 0 || fields.Asked.Contains(RatingOption));
        if (time < 0)
            context.Log.Warning("{File:l} has no field {Names:l}, so that its events are taken in the order of the file; it has {Fields:l}, and {Option:l} names the time", path, string.Join(" or ", fields.Timestamp), string.Join(", ", file.Fields), TimeOption);
        while (file.ReadRow() is { } row)
        {
            // Without a time, the order of the files is the order of events.
            double timestamp = table.Rows.Count;
            double stars = rating < 0 ? 1 : double.NaN;
            if (Value(row, user).Length == 0 || Value(row, item).Length == 0)
                context.Rejects.Add(path, file.Line, "user or item is empty");
            else if (time >= 0 && !EventTime.TryParse(Value(row, time), out timestamp))
                context.Rejects.Add(path, file.Line, $"'{Excerpt.Of(Value(row, time))}' is no time");
            else if (Value(row, rating) is { Length: > 0 } written && !TryParse(written, out stars))
                context.Rejects.Add(path, file.Line, $"'{Excerpt.Of(written)}' is no rating");
            else
            {
                context.Rejects.Accept();
                // What is not rated is not rated lower.
                if (!(stars < minimumRating) || rating < 0)
                    table.Add(row[user], row[item], timestamp, (float)stars, part);
            }
        }

        context.Rejects.ThrowIfTooMany();
    }

    private static List<Item> ReadItems(string path, string domain, AtomicFieldNames fields, RejectLog rejects)
    {
        using var file = RecBoleFile.Open(path, rejects);
        int id = file.Require(fields.Item, ItemOption);
        int Column(string[] names, Option option) => file.Find(names, option.Name, fields.Asked.Contains(option.Name));
        var (title, category, brand) = (Column(fields.Title, Title), Column(fields.Category, Category), Column(fields.Brand, Brand));
        var (description, image) = (Column(fields.Description, DescriptionField), Column(fields.Image, Image));
        var items = new List<Item>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (file.ReadRow() is { } row)
        {
            if (Value(row, id).Length == 0)
                rejects.Add(path, file.Line, "item id is empty");
            else if (!seen.Add(row[id]))
                rejects.Add(path, file.Line, $"item '{row[id]}' occurs again");
            else
            {
                rejects.Accept();
                items.Add(new Item
                {
                    Domain = domain,
                    ItemId = row[id],
                    Title = CatalogueText.Clean(Value(row, title)),
                    Category = CatalogueText.Clean(Value(row, category)),
                    Brand = CatalogueText.Clean(Value(row, brand)),
                    Description = CatalogueText.Clean(Value(row, description)),
                    Image = Value(row, image),
                });
            }
        }

        rejects.ThrowIfTooMany();
        return items;
    }

    private static string Value(string[] row, int column) => column >= 0 && column < row.Length ? row[column] : "";

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}

/// <summary>The files of one data set of RecBole's.</summary>
/// <param name="Name">What their names start with.</param>
/// <param name="Interactions">One file of all events, or those of train, valid and test.</param>
/// <param name="Items">The file of the items, which need not be there.</param>
internal sealed record RecBoleFolder(string Name, IReadOnlyList<(string Path, SplitPart Part)> Interactions, string Items)
{
    private const string Ending = ".inter";

    private static readonly (string Ending, SplitPart Part)[] Parts =
        [(".train", SplitPart.Train), (".valid", SplitPart.Validation), (".val", SplitPart.Validation), (".dev", SplitPart.Validation), (".test", SplitPart.Test)];

    /// <exception cref="UserErrorException">The folder is missing, or holds no such data set, or several.</exception>
    public static RecBoleFolder Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder that holds NAME.inter and NAME.item.");
        string[] paths = [.. Directory.GetFiles(folder, "*" + Ending).Order(StringComparer.Ordinal)];
        var parts = paths.Select(Split).OrderBy(file => file.Part).ToArray();
        bool isSplit = parts.Length > 1 && parts.All(file => file.Part != SplitPart.Unspecified)
            && parts.Select(file => file.Name).Distinct().Count() == 1 && parts.Select(file => file.Part).Distinct().Count() == parts.Length && parts[0].Part == SplitPart.Train;
        if (paths.Length == 1)
            parts = [(paths[0], Path.GetFileNameWithoutExtension(paths[0]), SplitPart.Unspecified)];
        else if (!isSplit)
            throw new UserErrorException($"'{folder}' holds {paths.Length} {Ending} files{(paths.Length == 0 ? "" : $" ({string.Join(", ", paths.Select(Path.GetFileName))})")}, but NAME.inter alone, or NAME.train.inter with NAME.valid.inter and NAME.test.inter, was expected; move each data set into a folder of its own.");
        return new(parts[0].Name, [.. parts.Select(file => (file.Path, file.Part))], Path.Combine(folder, parts[0].Name + ".item"));
    }

    private static (string Path, string Name, SplitPart Part) Split(string path)
    {
        string stem = System.IO.Path.GetFileNameWithoutExtension(path);
        var found = Parts.FirstOrDefault(part => stem.EndsWith(part.Ending, StringComparison.OrdinalIgnoreCase));
        return (path, found.Ending is null ? stem : stem[..^found.Ending.Length], found.Part);
    }
}
