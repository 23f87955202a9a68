namespace UniM2Rec.Serving.Model;

/// <summary>The items of an export: what each is called, and which row it has.</summary>
public sealed class ServedItems
{
    private readonly Item[] _items;
    private readonly Dictionary<(string Domain, string ItemId), int> _rows;

    private ServedItems(Item[] items, Dictionary<(string, string), int> rows, int candidates)
    {
        (_items, _rows, Candidates) = (items, rows, candidates);
        CandidateDomains = items.Take(candidates).Select(item => item.Domain).Distinct().ToList();
    }

    /// <summary>Number of items.</summary>
    public int Count => _items.Length;

    /// <summary>Of these, the first ones, that are recommended.</summary>
    public int Candidates { get; }

    /// <summary>The item of a row.</summary>
    public Item this[int row] => _items[row];

    /// <summary>An item's row, or -1.</summary>
    public int Find(string domain, string itemId) => _rows.GetValueOrDefault((domain, itemId), -1);

    /// <summary>Domains that have candidates, in the order of their items.</summary>
    public IReadOnlyList<string> CandidateDomains { get; }

    /// <summary>Reads the table of an export.</summary>
    /// <exception cref="UserErrorException">It is no such table, or does not hold as many items as the export says.</exception>
    internal static ServedItems Load(string folder, RecommenderManifest manifest)
    {
        string path = Path.Combine(folder, ExportLayout.Items);
        var items = new Item[manifest.Items];
        var rows = new Dictionary<(string, string), int>(manifest.Items);
        var shared = new HashSet<string>(); // domains, categories and brands are the same texts over and over
        int count = 0;
        try
        {
            foreach (string[] row in KeptTable.Read(path, [.. ExportLayout.ItemColumns]))
            {
                if (count == items.Length) throw new FormatException($"it has more than {manifest.Items:N0} items");
                if (!ImagePath.IsInside(row[5])) throw new FormatException($"the picture of row {count + 2} would lie outside the pictures folder");
                if (!rows.TryAdd((row[0], row[1]), count)) throw new FormatException($"row {count + 2} repeats an item");
                items[count++] = new Item { Domain = Shared(row[0]), ItemId = row[1], Title = row[2], Category = Shared(row[3]), Brand = Shared(row[4]), Image = row[5] };
            }

            if (count < items.Length) throw new FormatException($"it has {count:N0} items instead of {manifest.Items:N0}");
        }
        catch (FormatException error)
        {
            throw new UserErrorException($"{path} can't be read ({error.Message}); export the run again (unim2rec-train export --overwrite).", error);
        }

        return new ServedItems(items, rows, manifest.Candidates);

        string Shared(string text) => shared.TryGetValue(text, out string? known) || !shared.Add(known = text) ? known : text;
    }
}
