using System.CommandLine;
using System.Globalization;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Turns UniSRec's processed form into a domain, and its pre-training form into several. Items keep their index order (the order of the feature files), a timestamp is the event's
/// position in the user's sequence, and the column <c>split</c> is the published split. Every published row is checked against the rebuilt log.
/// </summary>
public sealed class UniSRecImporter : IImporter
{
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Folder with NAME.train/.valid/.test.inter, .text, .item2index, .user2index, or of the pre-training form (NAME.pt_datasets), which is several domains; several folders become several domains.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "folder",
    };

    private static readonly Option<string[]> Domain = ListOption.Create("--domain", "Name of the domain, one for each data set (default: its name in lower case).");
    private static readonly Option<string?> Features = new("--features") { Description = "Also make a feature store here of .feat1CLS (text) and .feat3CLS (image).", HelpName = "folder" };

    /// <inheritdoc/>
    public string Name => "unisrec";

    /// <inheritdoc/>
    public string Description => "The processed form of UniSRec and MISSRec, downstream or pre-training, with its split kept exactly as published.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples =>
    [
        "import unisrec --from Scientific --out scientific",
        "import unisrec --from Scientific --out scientific --features scientific-clip",
        "import unisrec --from FHCKM --out pretraining --features pretraining-bert",
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [From, Domain, Features];

    /// <inheritdoc/>
    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        string[] given = parsed.GetValue(Domain) ?? [];
        var published = new List<PublishedDomain>();
        string? first = null;
        foreach (string path in parsed.GetRequiredValue(From))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (PretrainingFolder.Find(path) is { } several)
            {
                first ??= string.Join('-', several.DataSets);
                string[] names = several.DataSets.Select((set, d) => given.ElementAtOrDefault(published.Count + d) ?? set.ToLowerInvariant()).ToArray();
                published.AddRange([.. several.Read(names).Select((domain, d) => new PublishedDomain(domain, several.FeatureFiles(d)))]);
            }
            else
            {
                var one = ProcessedFolder.Open(path);
                first ??= one.Name;
                published.Add(new(Read(one, given.ElementAtOrDefault(published.Count) ?? one.Name.ToLowerInvariant()), [.. one.FeatureFiles()]));
            }
        }

        if (given.Length > 0 && given.Length != published.Count)
            throw UserErrorException.Usage($"{published.Count} data sets were given by --from, but {given.Length} names by --domain; give one for each, or none");
        string? features = parsed.GetValue(Features);
        return new ImportedCatalogue(first!, [.. published.Select(p => p.Domain)])
        {
            MakeFeatures = features is null ? null : output =>
            {
                PublishedFeatures.Write(output, published, features, context);
                return features;
            },
        };
    }

    /// <summary>Reads one data set.</summary>
    /// <param name="folder">Its files.</param>
    /// <param name="domain">Name of the domain that it becomes.</param>
    /// <exception cref="UserErrorException">A file does not have the form, or the rows contradict each other.</exception>
    public static ImportedDomain Read(ProcessedFolder folder, string domain)
    {
        string[] itemIds = IndexFile.Read(folder.PathOf("item2index"));
        string[] userIds = IndexFile.Read(folder.PathOf("user2index"));
        return new(domain, ReadItems(folder.PathOf("text"), itemIds, domain), ReadInteractions(folder, itemIds, userIds));
    }

    /// <summary>Reads .text: an item, a tab and its text a line, under a header.</summary>
    internal static Dictionary<string, string> ReadTexts(string path)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (line, text) in SourceLines.Read(path).Skip(1))
        {
            int tab = text.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0)
                throw new UserErrorException($"{path}, line {line} has no tab, but an item id, a tab and the text were expected; repair or fetch the file again.");
            texts[text[..tab]] = text[(tab + 1)..].Trim();
        }

        return texts;
    }

    private static Item[] ReadItems(string path, string[] itemIds, string domain)
    {
        var texts = ReadTexts(path);
        return [.. itemIds.Select(id => new Item { Domain = domain, ItemId = id, Title = texts.GetValueOrDefault(id, "") })];
    }

    private static InteractionTable ReadInteractions(ProcessedFolder folder, string[] itemIds, string[] userIds)
    {
        var rowsByUser = new List<PrefixRow>[userIds.Length];
        for (int u = 0; u < rowsByUser.Length; u++)
            rowsByUser[u] = [];
        foreach (var (ending, part) in new[] { ("train.inter", SplitPart.Train), ("valid.inter", SplitPart.Validation), ("test.inter", SplitPart.Test) })
            PrefixFile.Read(folder.PathOf(ending), part, itemIds.Length, rowsByUser);

        int cap = rowsByUser.SelectMany(rows => rows).Select(row => row.History.Length).DefaultIfEmpty(0).Max();
        var rebuilder = new SequenceRebuilder(cap);
        var table = new InteractionTable();
        for (int u = 0; u < rowsByUser.Length; u++)
        {
            if (rowsByUser[u].Count == 0)
                continue;
            var (items, split, contradiction) = rebuilder.Rebuild(rowsByUser[u]);
            if (contradiction is not null)
                throw Contradicts(folder.PathOf, userIds[u], contradiction);
            for (int position = 0; position < items.Count; position++)
                table.Add(userIds[u], itemIds[items[position]], position, 1f, split[position]);
        }

        return table;
    }

    /// <summary>The refusal of rows that are of no one sequence.</summary>
    internal static UserErrorException Contradicts(Func<string, string> pathOf, string user, PrefixRow row)
    {
        string ending = row.Part switch { SplitPart.Train => "train.inter", SplitPart.Validation => "valid.inter", _ => "test.inter" };
        return new UserErrorException(string.Create(CultureInfo.InvariantCulture,
            $"{pathOf(ending)}, line {row.Line} does not fit the other rows of user '{user}': its history and target are no stretch of one sequence with the rest; fetch train, valid and test files of one version."));
    }
}

/// <summary>
/// Rebuilds a user's whole sequence from prefix rows. A history shorter than the publisher's cap starts at the user's first event, so its
/// length is its target's position; histories at the cap are windows, which are chained: each must be the one before, moved on by its target.
/// </summary>
public sealed class SequenceRebuilder(int cap)
{
    /// <summary>Rebuilds one user's sequence.</summary>
    /// <param name="rows">The user's rows of all three files, in the order of the files.</param>
    /// <returns>The sequence and each event's part of the split, or the reason why the rows contradict each other.</returns>
    public (List<int> Items, List<SplitPart> Split, PrefixRow? Contradiction) Rebuild(IReadOnlyList<PrefixRow> rows)
    {
        // Published files list a user's windows newest first; a file that lists them oldest first is as good.
        var newestFirst = TryRebuild(Order(rows, reverse: true));
        return newestFirst.Contradiction is null || !rows.Any(IsWindow) ? newestFirst : PreferConsistent(TryRebuild(Order(rows, reverse: false)), newestFirst);
    }

    private static (List<int>, List<SplitPart>, PrefixRow?) PreferConsistent(
        (List<int>, List<SplitPart>, PrefixRow? Contradiction) first, (List<int>, List<SplitPart>, PrefixRow?) second) =>
        first.Contradiction is null ? first : second;

    private static List<PrefixRow> Order(IReadOnlyList<PrefixRow> rows, bool reverse) =>
        rows.Select((row, position) => (row, position))
            .OrderBy(e => e.row.Part).ThenBy(e => e.row.History.Length).ThenBy(e => reverse ? -e.position : e.position)
            .Select(e => e.row).ToList();

    private bool IsWindow(PrefixRow row) => row.History.Length == cap;

    private (List<int> Items, List<SplitPart> Split, PrefixRow? Contradiction) TryRebuild(List<PrefixRow> ordered)
    {
        var items = new List<int>();
        var targets = new Dictionary<int, SplitPart>();
        int windows = 0;
        foreach (var row in ordered)
        {
            int position = IsWindow(row) ? cap + windows++ : row.History.Length;
            if (!Extend(items, position - row.History.Length, row) || !targets.TryAdd(position, row.Part))
                return (items, [], row);
        }

        // Rows come in the order train, validation, test: what is hidden last must lie last.
        if (targets.Any(t => t.Value == SplitPart.Test && t.Key != items.Count - 1))
            return (items, [], ordered[^1]);
        return (items, Enumerable.Range(0, items.Count).Select(p => targets.GetValueOrDefault(p, SplitPart.Train)).ToList(), null);
    }

    /// <summary>Lays a row over the sequence from a position on: what is known must agree, what is new is added.</summary>
    private static bool Extend(List<int> items, int start, PrefixRow row)
    {
        if (start > items.Count)
            return false;
        for (int i = 0; i <= row.History.Length; i++)
        {
            int item = i < row.History.Length ? row.History[i] : row.Target;
            if (start + i == items.Count)
                items.Add(item);
            else if (items[start + i] != item)
                return false;
        }

        return true;
    }
}
