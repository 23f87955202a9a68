using System.Globalization;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing.UniSRec;

/// <summary>
/// Turns UniSRec's processed form into a domain. Items keep their index order (the order of the feature files), a timestamp is the event's
/// position in the user's sequence, and the column <c>split</c> is the published split. Every published row is checked against the rebuilt log.
/// </summary>
public static class ProcessedFormImporter
{
    /// <summary>Reads one data set.</summary>
    /// <param name="folder">Its files.</param>
    /// <param name="domain">Name of the domain that it becomes.</param>
    /// <exception cref="UserErrorException">A file does not have the form, or the rows contradict each other.</exception>
    public static ImportedDomain Read(ProcessedFolder folder, string domain)
    {
        var itemIds = IndexFile.Read(folder.PathOf("item2index"));
        var userIds = IndexFile.Read(folder.PathOf("user2index"));
        return new(domain, ReadItems(folder.PathOf("text"), itemIds, domain), ReadInteractions(folder, itemIds, userIds));
    }

    private static Item[] ReadItems(string path, string[] itemIds, string domain)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (++number == 1 || line.Length == 0)
                continue;
            if (tab < 0)
                throw new UserErrorException($"{path}, line {number} has no tab, but an item id, a tab and the text were expected; repair or fetch the file again.");
            texts[line[..tab]] = line[(tab + 1)..].Trim();
        }

        return [.. itemIds.Select(id => new Item { Domain = domain, ItemId = id, Title = texts.GetValueOrDefault(id, "") })];
    }

    private static InteractionTable ReadInteractions(ProcessedFolder folder, string[] itemIds, string[] userIds)
    {
        var rowsByUser = new List<PrefixRow>[userIds.Length];
        for (var u = 0; u < rowsByUser.Length; u++)
            rowsByUser[u] = [];
        foreach (var (ending, part) in new[] { ("train.inter", SplitPart.Train), ("valid.inter", SplitPart.Validation), ("test.inter", SplitPart.Test) })
            PrefixFile.Read(folder.PathOf(ending), part, itemIds.Length, rowsByUser);

        var cap = rowsByUser.SelectMany(rows => rows).Select(row => row.History.Length).DefaultIfEmpty(0).Max();
        var rebuilder = new SequenceRebuilder(cap);
        var table = new InteractionTable();
        for (var u = 0; u < rowsByUser.Length; u++)
        {
            if (rowsByUser[u].Count == 0)
                continue;
            var (items, split, contradiction) = rebuilder.Rebuild(rowsByUser[u]);
            if (contradiction is not null)
                throw Contradicts(folder, userIds[u], contradiction);
            for (var position = 0; position < items.Count; position++)
                table.Add(userIds[u], itemIds[items[position]], position, 1f, split[position]);
        }

        return table;
    }

    private static UserErrorException Contradicts(ProcessedFolder folder, string user, PrefixRow row)
    {
        var ending = row.Part switch { SplitPart.Train => "train.inter", SplitPart.Validation => "valid.inter", _ => "test.inter" };
        return new UserErrorException(string.Create(CultureInfo.InvariantCulture,
            $"{folder.PathOf(ending)}, line {row.Line} does not fit the other rows of user '{user}': its history and target are no stretch of one sequence with the rest; fetch train, valid and test files of one version."));
    }
}
