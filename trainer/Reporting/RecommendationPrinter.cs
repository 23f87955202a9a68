using Spectre.Console;
using UniM2Rec.Trainer.Sequences;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Prints what a few users did and what is recommended to them.</summary>
public sealed class RecommendationPrinter(ItemTitles titles, InteractionLog log, int users)
{
    private const int HistoryShown = 6;
    private const int RecommendationsShown = 5;
    private readonly List<(Window Window, int[] Rows)> _kept = [];

    /// <summary>Keeps one user's recommendations if fewer than wanted are kept.</summary>
    /// <param name="window">The history.</param>
    /// <param name="rows">Rows of the recommended items, best first.</param>
    public void Offer(Window window, int[] rows)
    {
        if (_kept.Count < users && window.Length >= HistoryShown / 2) _kept.Add((window, rows));
    }

    public void Print(IAnsiConsole console)
    {
        foreach (var (window, rows) in _kept)
        {
            var tree = new Tree(Markup.Escape($"user {log.UserIds[window.User]}"));
            var history = tree.AddNode($"did (last {Math.Min(HistoryShown, window.Length)} of {window.Length})");
            for (int e = Math.Max(window.First, window.End - HistoryShown); e < window.End; e++) history.AddNode(Line(log.ItemOf(e)));
            var next = tree.AddNode("is recommended");
            foreach (int row in rows.Take(RecommendationsShown)) next.AddNode(Line(row));
            console.Write(tree);
        }
    }

    private string Line(int row)
    {
        var (domain, id, title) = titles[row];
        return Markup.Escape($"{domain}: {(title.Length > 0 ? title : id)}");
    }
}
