using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Turns one category of Amazon Reviews into a domain: the releases of 2014, 2018 (reviewerID, asin, overall, unixReviewTime) and 2023
/// (user_id, parent_asin, rating, timestamp in milliseconds), told apart by their fields. Files are streamed.
/// </summary>
public sealed class AmazonImporter : IImporter
{
    private const double MillisecondsPerSecond = 1000;
    private static readonly Option<string[]> Reviews = Files("--reviews", "Reviews of a category, JSON lines, plain or .gz; several become several domains.");
    private static readonly Option<string[]> Metadata = Files("--metadata", "Metadata of the same categories, in the same order.");
    private static readonly Option<string[]> Domain = ListOption.Create("--domain", "Name of the domain, one for each --reviews.", required: true);
    private static readonly Option<string?> Images = ImportOptions.Images();
    private static readonly Option<double> MinimumRating = ImportOptions.MinimumRating();
    private static readonly Option<int> KCore = ImportOptions.KCore(5);
    private static readonly Option<bool> KeepItemsWithoutText = ImportOptions.KeepItemsWithoutText();

    /// <inheritdoc/>
    public string Name => "amazon";

    /// <inheritdoc/>
    public string Description => "Amazon Reviews of 2014, 2018 or 2023, with the papers' preprocessing: items without metadata dropped, 5-core, in order of time.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples =>
    [
        "import amazon --reviews Office_Products_5.json.gz --metadata meta_Office_Products.json.gz --domain office --out office",
        "import amazon --reviews food.jsonl.gz home.jsonl.gz --metadata meta_food.jsonl.gz meta_home.jsonl.gz --domain food home --out shop --images pictures",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [Reviews, Metadata, Domain, Images, MinimumRating, KCore, KeepItemsWithoutText];

    /// <inheritdoc/>
    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        var (reviews, metadata, names) = (parsed.GetRequiredValue(Reviews), parsed.GetRequiredValue(Metadata), parsed.GetRequiredValue(Domain));
        if (reviews.Length != metadata.Length || reviews.Length != names.Length)
            throw UserErrorException.Usage($"--reviews names {reviews.Length} files, --metadata {metadata.Length} and --domain {names.Length} domains, but as many of each are needed");
        var pictures = parsed.GetValue(Images) is { } folder ? new PicturesById(folder) : null;
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = parsed.GetValue(KeepItemsWithoutText) };
        var domains = names.Select((name, i) => filter.Apply(Read(new AmazonFiles(name, reviews[i], metadata[i]), parsed.GetValue(MinimumRating), pictures, context)));
        return new ImportedCatalogue("amazon", [.. domains]) { Images = pictures?.FullPath };
    }

    /// <summary>Reads one category.</summary>
    /// <param name="files">reviews and metadata</param>
    /// <param name="minimumRating">reviews with fewer stars are left out; 0 keeps all</param>
    /// <param name="pictures">gives an item's picture; null where there are none</param>
    /// <param name="context">takes lines that can't be used</param>
    /// <exception cref="UserErrorException">A file is missing, or too many lines can't be used.</exception>
    public static ImportedDomain Read(AmazonFiles files, double minimumRating, PicturesById? pictures, ImportContext context)
    {
        var table = new InteractionTable();
        Each(files.Reviews, context, review =>
        {
            string user = JsonFields.Text(review, "reviewerID", "user_id");
            string item = ItemId(review);
            if (user.Length == 0 || item.Length == 0)
                return "user (reviewerID or user_id) or item (asin or parent_asin) is missing";
            if (!JsonFields.TryNumber(review, "overall", out double stars) && !JsonFields.TryNumber(review, "rating", out stars))
                return "rating (overall or rating) is missing or no number";
            if (Seconds(review) is not { } time)
                return "time (unixReviewTime or timestamp) is missing or no number";
            if (stars >= minimumRating)
                table.Add(user, item, time, (float)stars);
            return null;
        });
        var reviewed = table.Items.ToHashSet(StringComparer.Ordinal);
        var items = new Dictionary<string, Item>(StringComparer.Ordinal);
        Each(files.Metadata, context, row =>
        {
            string id = ItemId(row);
            if (id.Length == 0)
                return "item (asin or parent_asin) is missing";
            // The releases of 2014 and 2018 repeat items word for word.
            if (reviewed.Contains(id))
                items.TryAdd(id, Describe(files.Domain, id, row, pictures));
            return null;
        });
        context.Rejects.ThrowIfTooMany();
        return new(files.Domain, [.. items.Values.OrderBy(item => item.ItemId, StringComparer.Ordinal)], table);
    }

    private static Option<string[]> Files(string name, string description) =>
        new(name) { Description = description, Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "file" };

    private static void Each(string path, ImportContext context, Func<JsonElement, string?> take)
    {
        const int step = 4096;
        using var task = context.Progress.Start(Path.GetFileName(path), null, "lines");
        foreach (var (line, text) in SourceLines.Read(path))
        {
            if (line % step == 0)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                task.Advance(step);
            }

            if (Refuse(text, take) is { } reason)
                context.Rejects.Add(path, line, reason);
            else
                context.Rejects.Accept();
        }
    }

    private static string? Refuse(string line, Func<JsonElement, string?> take)
    {
        try
        {
            using var json = JsonDocument.Parse(PythonLiteral.IsLiteral(line) ? PythonLiteral.ToJson(line) : line);
            return json.RootElement.ValueKind == JsonValueKind.Object ? take(json.RootElement) : "is no JSON object";
        }
        catch (JsonException)
        {
            return "is no JSON object";
        }
    }

    private static string ItemId(JsonElement row) => JsonFields.Text(row, "parent_asin", "asin");

    private static double? Seconds(JsonElement review)
    {
        if (JsonFields.TryNumber(review, "unixReviewTime", out double seconds))
            return seconds;
        return JsonFields.TryNumber(review, "timestamp", out double milliseconds) ? milliseconds / MillisecondsPerSecond : null;
    }

    private static Item Describe(string domain, string id, JsonElement row, PicturesById? pictures)
    {
        string categories = new[] { "category", "categories" }.Select(name => CatalogueText.Clean(JsonFields.Texts(row, name))).FirstOrDefault(text => text.Length > 0) ?? "";
        string brand = JsonFields.Text(row, "brand");
        if (brand.Length == 0 && row.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object)
            brand = JsonFields.Text(details, "Brand", "Manufacturer");
        return new Item
        {
            Domain = domain,
            ItemId = id,
            Title = CatalogueText.Clean(JsonFields.Text(row, "title")),
            Category = categories,
            Brand = CatalogueText.Clean(brand.Length > 0 ? brand : JsonFields.Text(row, "store")),
            Description = CatalogueText.Clean(JsonFields.Texts(row, "description")),
            Image = pictures?.Find(id) ?? "",
        };
    }
}

/// <summary>One category of Amazon Reviews.</summary>
/// <param name="Domain">Name of the domain that it becomes.</param>
/// <param name="Reviews">JSON lines, plain or .gz.</param>
/// <param name="Metadata">JSON lines (2014: Python literals), plain or .gz.</param>
public sealed record AmazonFiles(string Domain, string Reviews, string Metadata);

/// <summary>Reads values that the three releases write under different names and in different forms.</summary>
internal static class JsonFields
{
    /// <summary>The text under the first of some names that has one; "" where none has.</summary>
    public static string Text(JsonElement row, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
                return text;
        }

        return "";
    }

    /// <summary>The number under a name, also where it is written as a text.</summary>
    public static bool TryNumber(JsonElement row, string name, out double number)
    {
        number = 0;
        return row.TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out number),
            JsonValueKind.String => double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number),
            _ => false,
        };
    }

    /// <summary>All texts under a name, out of lists of any depth, each once.</summary>
    public static IEnumerable<string> Texts(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? Flatten(value).Distinct(StringComparer.Ordinal) : [];

    private static IEnumerable<string> Flatten(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Flatten),
        _ => [],
    };
}
