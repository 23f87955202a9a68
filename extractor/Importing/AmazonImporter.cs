using System.CommandLine;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Turns one category of Amazon Reviews into a domain: the releases of 2014, 2018 (reviewerID, asin, overall, unixReviewTime) and 2023
/// (user_id, parent_asin, rating, timestamp in milliseconds), told apart by their fields; or ratings alone as a CSV file. Files are streamed.
/// </summary>
public sealed class AmazonImporter : IImporter
{
    private static readonly Option<string[]> Reviews = Files("--reviews", "Reviews of a category (JSON lines, or a CSV file of ratings), plain or .gz; several become several domains.");
    private static readonly Option<string[]> Metadata = Files("--metadata", "Metadata of the same categories, in the same order.");
    private static readonly Option<string[]> Domain = ListOption.Create("--domain", "Name of the domain, one for each --reviews.", required: true);
    private static readonly Option<string?> Images = ImportOptions.Images();
    private static readonly Option<double> MinimumRating = ImportOptions.MinimumRating();
    private static readonly Option<int> KCore = ImportOptions.KCore(5);

    /// <inheritdoc/>
    public string Name => "amazon";

    /// <inheritdoc/>
    public string Description => "Amazon Reviews of 2014, 2018 or 2023, with the papers' preprocessing: repeated events once, items without metadata dropped, 5-core, in order of time.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples =>
    [
        "import amazon --reviews Office_Products_5.json.gz --metadata meta_Office_Products.json.gz --domain office --out office",
        "import amazon --reviews food.jsonl.gz home.jsonl.gz --metadata meta_food.jsonl.gz meta_home.jsonl.gz --domain food home --out shop --images pictures",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [Reviews, Metadata, Domain, Images, MinimumRating, KCore];

    /// <inheritdoc/>
    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        var (reviews, metadata, names) = (parsed.GetRequiredValue(Reviews), parsed.GetRequiredValue(Metadata), parsed.GetRequiredValue(Domain));
        if (reviews.Length != metadata.Length || reviews.Length != names.Length)
            throw UserErrorException.Usage($"--reviews names {reviews.Length} files, --metadata {metadata.Length} and --domain {names.Length} domains, but as many of each are needed");
        var pictures = parsed.GetValue(Images) is { } folder ? new PicturesById(folder) : null;
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = true, IsSet = true, Log = context.Log };
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
        var reviews = new AmazonReviews(minimumRating);
        var ratings = AmazonRatings.In(files.Reviews);
        if (ratings is null)
            Each(files.Reviews, context, reviews.Take);
        else
            ratings.Read(reviews.Add, context);
        bool isOrderUnknown = ratings is { HasHeader: false };
        var mentioned = reviews.Table.Items.Concat(isOrderUnknown ? reviews.Table.Users : []).ToHashSet(StringComparer.Ordinal);
        var items = new Dictionary<string, Item>(StringComparer.Ordinal);
        Each(files.Metadata, context, line =>
        {
            using var json = JsonFields.Parse(line);
            if (json is null)
                return "is no JSON object";
            string id = AmazonItems.IdOf(json.RootElement);
            if (id.Length == 0)
                return "item (asin or parent_asin) is missing";
            // The releases of 2014 and 2018 repeat items word for word.
            if (mentioned.Contains(id))
                items.TryAdd(id, AmazonItems.Describe(files.Domain, id, json.RootElement, pictures));
            return null;
        });
        context.Rejects.ThrowIfTooMany();
        if (isOrderUnknown && reviews.Table.Users.Count(items.ContainsKey) > reviews.Table.Items.Count(items.ContainsKey))
        {
            reviews.ExchangeUsersAndItems();
            context.Log.Information("{File:l} has no header; its columns are item, user, rating and time, as the metadata shows", Path.GetFileName(files.Reviews));
        }

        return new(files.Domain, [.. items.Values.OrderBy(item => item.ItemId, StringComparer.Ordinal)], reviews.Table);
    }

    private static Option<string[]> Files(string name, string description) =>
        new(name) { Description = description, Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "file" };

    private static void Each(string path, ImportContext context, Func<string, string?> take)
    {
        const int step = 4096;
        using var task = context.Progress.Start(Path.GetFileName(path), null, "lines");
        foreach (var (line, text) in SourceLines.Read(path, rejects: context.Rejects))
        {
            if (line % step == 0)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                task.Advance(step);
            }

            if (take(text) is { } reason)
                context.Rejects.Add(path, line, reason);
            else
                context.Rejects.Accept();
        }
    }
}

/// <summary>One category of Amazon Reviews.</summary>
/// <param name="Domain">Name of the domain that it becomes.</param>
/// <param name="Reviews">JSON lines, or a CSV file of ratings, plain or .gz.</param>
/// <param name="Metadata">JSON lines (2014: Python literals), plain or .gz.</param>
public sealed record AmazonFiles(string Domain, string Reviews, string Metadata);
