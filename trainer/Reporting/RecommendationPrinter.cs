using Spectre.Console;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Prints what a few users did and what is recommended to them.</summary>
public sealed class RecommendationPrinter(ItemTitles titles, int users)
{
    private const int HistoryShown = 6;
    private const int RecommendationsShown = 5;
    private readonly List<(Example Example, int[] Rows)> _kept = [];

    /// <summary>Keeps one user's recommendations if fewer than wanted are kept.</summary>
    /// <param name="example">The history.</param>
    /// <param name="rows">Rows of the recommended items, best first.</param>
    public void Offer(Example example, int[] rows)
    {
        if (_kept.Count < users && example.Length >= HistoryShown / 2) _kept.Add((example, rows));
    }

    /// <summary>Writes it to the console.</summary>
    public void Print(IAnsiConsole console)
    {
        foreach (var (example, rows) in _kept)
        {
            var tree = new Tree(Markup.Escape($"user {Excerpt.Of(example.Log.UserIds[example.User])}"));
            var history = tree.AddNode($"did (last {Math.Min(HistoryShown, example.Length)} of {example.Length})");
            for (int e = Math.Max(example.First, example.End - HistoryShown); e < example.End; e++) history.AddNode(Line(console, example.Log.ItemOf(e)));
            var next = tree.AddNode("is recommended");
            foreach (int row in rows.Take(RecommendationsShown)) next.AddNode(Line(console, row));
            console.Write(tree);
        }
    }

    /// <summary>On one line, whatever the terminal's width.</summary>
    private string Line(IAnsiConsole console, int row)
    {
        const int branches = 9;
        var (domain, id, title) = titles[row];
        string line = $"{domain}: {Excerpt.Of(title.Length > 0 ? title : id)}";
        int most = Math.Max(20, console.Profile.Width - branches);
        return Markup.Escape(line.Length <= most ? line : line[..(most - 1)] + "…");
    }
}

/// <summary>Names of items by their row in the feature store, for people to read.</summary>
public sealed class ItemTitles
{
    private readonly (string Domain, string ItemId, string Title)[] _items;
    private readonly string[] _categories;

    /// <param name="datasetFolder">The catalogue.</param>
    /// <param name="store">Its feature store, which tells the rows.</param>
    public ItemTitles(string datasetFolder, FeatureStore store)
    {
        _items = new (string, string, string)[store.ItemCount];
        _categories = new string[store.ItemCount];
        Array.Fill(_categories, "");
        var shared = new HashSet<string>(); // categories are the same texts over and over
        var dataset = Dataset.Open(datasetFolder);
        // Rejects were reported when the features were extracted.
        using var rejects = new RejectLog(null, maxRate: 1);
        foreach (var domain in store.Domains)
        {
            foreach (var item in dataset.ReadItems(domain.Name, rejects))
            {
                int row = store.FindRow(item.Domain, item.ItemId);
                if (row < 0) continue;
                _items[row] = (item.Domain, item.ItemId, item.Title);
                if (!shared.TryGetValue(item.Category, out _categories[row]!)) shared.Add(_categories[row] = item.Category);
            }
        }
    }

    /// <summary>Domain, id and title of the item of a row.</summary>
    public (string Domain, string ItemId, string Title) this[int row] => _items[row];

    /// <summary>Category of the item of a row; empty where it has none.</summary>
    public string CategoryOf(int row) => _categories[row];
}
