using System.CommandLine;
using System.Globalization;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Turns RecBole's NAME.inter and NAME.item into a domain.</summary>
public sealed class RecBoleImporter : IImporter
{
    private static readonly AtomicFieldNames Standard = new();
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Folder with NAME.inter and NAME.item; several folders become several domains.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "folder",
    };

    private static readonly Option<string[]> Domain = ListOption.Create("--domain", "Name of the domain, one for each --from.");
    private static readonly Option<string[]> Title = Field("--title-field", Standard.Title);
    private static readonly Option<string[]> Category = Field("--category-field", Standard.Category);
    private static readonly Option<string[]> Brand = Field("--brand-field", Standard.Brand);
    private static readonly Option<string[]> DescriptionField = Field("--description-field", Standard.Description);
    private static readonly Option<string[]> Image = Field("--image-field", Standard.Image);
    private static readonly Option<double> MinimumRating = ImportOptions.MinimumRating();
    private static readonly Option<int> KCore = ImportOptions.KCore(0);
    private static readonly Option<bool> KeepItemsWithoutText = ImportOptions.KeepItemsWithoutText();

    /// <inheritdoc/>
    public string Name => "recbole";

    /// <inheritdoc/>
    public string Description => "RecBole's atomic files (.inter, .item, typed headers).";

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples =>
    [
        "import recbole --from ml-1m --out ml-1m --k-core 5",
        "import recbole --from books music --domain books music --out shop --title-field name",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [From, Domain, Title, Category, Brand, DescriptionField, Image, MinimumRating, KCore, KeepItemsWithoutText];

    /// <inheritdoc/>
    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        string[] folders = parsed.GetRequiredValue(From);
        string[] names = parsed.GetValue(Domain) ?? [];
        if (names.Length > 0 && names.Length != folders.Length)
            throw UserErrorException.Usage($"{folders.Length} folders were given by --from, but {names.Length} names by --domain; give one for each, or none");
        var fields = Standard with
        {
            Title = parsed.GetRequiredValue(Title),
            Category = parsed.GetRequiredValue(Category),
            Brand = parsed.GetRequiredValue(Brand),
            Description = parsed.GetRequiredValue(DescriptionField),
            Image = parsed.GetRequiredValue(Image),
        };
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = parsed.GetValue(KeepItemsWithoutText), Log = context.Log };
        var domains = folders.Select((folder, i) =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            return filter.Apply(Read(folder, names.ElementAtOrDefault(i), fields, parsed.GetValue(MinimumRating), context.Rejects));
        }).ToArray();
        return new ImportedCatalogue(domains[0].Name, domains) { Images = domains.Any(d => d.Items.Any(i => i.Image.Length > 0)) ? "images" : null };
    }

    /// <summary>Reads one data set.</summary>
    /// <param name="folder">Folder with exactly one .inter file.</param>
    /// <param name="domain">Name of the domain that it becomes; null = the file's name in lower case.</param>
    /// <param name="fields">Which fields mean what.</param>
    /// <param name="minimumRating">Events rated lower are left out; 0 keeps all.</param>
    /// <param name="rejects">Takes lines that can't be used.</param>
    /// <exception cref="UserErrorException">A file or a needed field is missing.</exception>
    public static ImportedDomain Read(string folder, string? domain, AtomicFieldNames fields, double minimumRating, RejectLog rejects)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder that holds NAME.inter and NAME.item.");
        string[] interactionFiles = Directory.GetFiles(folder, "*.inter");
        if (interactionFiles.Length != 1)
            throw new UserErrorException($"'{folder}' holds {interactionFiles.Length} .inter files, but exactly one was expected; give a folder of RecBole atomic files (for UniSRec's processed form use 'import unisrec').");
        string name = domain ?? Path.GetFileNameWithoutExtension(interactionFiles[0]).ToLowerInvariant();
        var table = ReadInteractions(interactionFiles[0], fields, minimumRating, rejects);
        string itemFile = Path.ChangeExtension(interactionFiles[0], ".item");
        var items = File.Exists(itemFile)
            ? ReadItems(itemFile, name, fields, rejects)
            : [.. table.Items.Select(id => new Item { Domain = name, ItemId = id })];
        return new(name, items, table);
    }

    private static Option<string[]> Field(string name, string[] standard) =>
        new(name) { Description = "Names of the field; the first that the file has is taken.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => standard };

    private static InteractionTable ReadInteractions(string path, AtomicFieldNames fields, double minimumRating, RejectLog rejects)
    {
        using var file = RecBoleFile.Open(path);
        var (user, item) = (file.Require(fields.User), file.Require(fields.Item));
        var (time, rating) = (FindFirst(file, fields.Timestamp), FindFirst(file, fields.Rating));
        var table = new InteractionTable();
        while (file.ReadRow() is { } row)
        {
            // Without a time, the order of the file is the order of events.
            double timestamp = file.Line;
            double stars = 1.0;
            if (Value(row, user).Length == 0 || Value(row, item).Length == 0)
                rejects.Add(path, file.Line, "user or item is empty");
            else if (time >= 0 && !TryParse(Value(row, time), out timestamp))
                rejects.Add(path, file.Line, $"'{Value(row, time)}' is no time");
            else if (rating >= 0 && !TryParse(Value(row, rating), out stars))
                rejects.Add(path, file.Line, $"'{Value(row, rating)}' is no rating");
            else
            {
                rejects.Accept();
                if (rating < 0 || stars >= minimumRating)
                    table.Add(row[user], row[item], timestamp, (float)stars);
            }
        }

        rejects.ThrowIfTooMany();
        return table;
    }

    private static List<Item> ReadItems(string path, string domain, AtomicFieldNames fields, RejectLog rejects)
    {
        using var file = RecBoleFile.Open(path);
        int id = file.Require(fields.Item);
        var (title, category, brand) = (FindFirst(file, fields.Title), FindFirst(file, fields.Category), FindFirst(file, fields.Brand));
        var (description, image) = (FindFirst(file, fields.Description), FindFirst(file, fields.Image));
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
                    Title = Value(row, title),
                    Category = Value(row, category),
                    Brand = Value(row, brand),
                    Description = Value(row, description),
                    Image = Value(row, image),
                });
            }
        }

        rejects.ThrowIfTooMany();
        return items;
    }

    private static int FindFirst(RecBoleFile file, string[] names) => names.Select(file.Find).FirstOrDefault(column => column >= 0, -1);

    private static string Value(string[] row, int column) => column >= 0 && column < row.Length ? row[column].Trim() : "";

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}

/// <summary>Which fields of the atomic files mean what; the first of each list that the file has is taken.</summary>
public sealed record AtomicFieldNames
{
    /// <summary>Field of the user.</summary>
    public string User { get; init; } = "user_id";

    /// <summary>Field of the item.</summary>
    public string Item { get; init; } = "item_id";

    /// <summary>Fields of the time, in any unit that grows.</summary>
    public string[] Timestamp { get; init; } = ["timestamp"];

    /// <summary>Fields of the rating.</summary>
    public string[] Rating { get; init; } = ["rating"];

    /// <summary>Fields of the title.</summary>
    public string[] Title { get; init; } = ["title", "movie_title", "item_name", "name", "artist_name"];

    /// <summary>Fields of the category.</summary>
    public string[] Category { get; init; } = ["categories", "category", "class", "genre", "genres"];

    /// <summary>Fields of the brand.</summary>
    public string[] Brand { get; init; } = ["brand", "author", "publisher"];

    /// <summary>Fields of the description.</summary>
    public string[] Description { get; init; } = ["description", "sub_title"];

    /// <summary>Fields of the picture's path under the images folder.</summary>
    public string[] Image { get; init; } = ["image"];
}

/// <summary>Reads RecBole's atomic files: tab-separated values under a header of <c>name:type</c> fields (token, token_seq, float, float_seq).</summary>
public sealed class RecBoleFile : IDisposable
{
    private readonly StreamReader _reader;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly string[] _types;

    private RecBoleFile(StreamReader reader, string path, string header)
    {
        _reader = reader;
        FilePath = path;
        string[] fields = header.Split('\t');
        _types = new string[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            int colon = fields[i].LastIndexOf(':');
            if (colon <= 0)
                throw new UserErrorException($"{path}: header field '{fields[i]}' has no type, but name:type (such as user_id:token) was expected; give a RecBole atomic file.");
            _types[i] = fields[i][(colon + 1)..];
            if (_types[i] is not ("token" or "token_seq" or "float" or "float_seq"))
                throw new UserErrorException($"{path}: header field '{fields[i]}' has the type '{_types[i]}', but token, token_seq, float or float_seq was expected; correct the header.");
            _columns[fields[i][..colon]] = i;
        }
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Names of the fields.</summary>
    public IEnumerable<string> Fields => _columns.Keys;

    /// <summary>Number of the line that was read last; the header is line 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="UserErrorException">The file is missing or its header is not typed.</exception>
    public static RecBoleFile Open(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"'{path}' does not exist; give the folder that holds NAME.inter and NAME.item.");
        var reader = new StreamReader(path);
        if (reader.ReadLine() is { Length: > 0 } header)
            return new(reader, path, header);
        reader.Dispose();
        throw new UserErrorException($"{path} is empty, but a header such as user_id:token<tab>item_id:token was expected; fetch the file again.");
    }

    /// <summary>Column of a field, or −1.</summary>
    public int Find(string field) => _columns.GetValueOrDefault(field, -1);

    /// <summary>Column of a field that must be there.</summary>
    /// <exception cref="UserErrorException">The field is missing.</exception>
    public int Require(string field)
    {
        int column = Find(field);
        if (column >= 0)
            return column;
        string? near = NearestName.Find(field, _columns.Keys);
        throw new UserErrorException($"{FilePath} has no field '{field}'; it has {string.Join(", ", _columns.Keys)}{(near is null ? "" : $" (did you mean '{near}'?)")}.");
    }

    /// <summary>The next line's values, or null at the end; a line may have fewer values than the header.</summary>
    public string[]? ReadRow()
    {
        while (_reader.ReadLine() is { } line)
        {
            Line++;
            if (line.Length > 0)
                return line.Split('\t');
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
