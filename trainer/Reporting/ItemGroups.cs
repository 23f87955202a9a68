using System.Globalization;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>
/// Items in as many groups as a page has colours; the smallest ones of more are taken together. The groups are domains or, where all items are of one, the catalogue's
/// categories, if it has some.
/// </summary>
/// <param name="By">What the groups are: domain or category.</param>
/// <param name="Names">Of the groups.</param>
/// <param name="Members">By group: which items of the sample are in it.</param>
internal sealed record ItemGroups(string By, IReadOnlyList<string> Names, IReadOnlyList<int[]> Members)
{
    private const string NoCategory = "no category";

    /// <summary>What stands between the levels of a category in known catalogues.</summary>
    private static readonly string[] Levels = [",", ">", "|", ";"];

    /// <summary>Which colour is whose.</summary>
    public IReadOnlyList<ReportKey> Keys => [.. Names.Select((name, i) => new ReportKey(i + 1, name))];

    /// <summary>The groups of a sample.</summary>
    /// <param name="inside">The sample.</param>
    /// <param name="titles">Reads the catalogue, which is needed where there is one domain.</param>
    public static ItemGroups Of(RunInsight inside, Func<ItemTitles> titles)
    {
        string[] domains = [.. inside.DomainOf.Select(domain => inside.Domains[domain])];
        if (domains.Distinct().Count() > 1) return Of("domain", domains, inside.Domains);
        var categories = titles();
        string[] of = ByLevel([.. inside.Rows.Select(categories.CategoryOf)]);
        return of.Distinct().Count() > 1 ? Of("category", of, [.. of.Distinct().Order(StringComparer.Ordinal)]) : Of("domain", domains, inside.Domains);
    }

    /// <summary>By group: the mean over its items.</summary>
    /// <param name="values">By item: some numbers.</param>
    public IReadOnlyList<IReadOnlyList<double>> Means(float[][] values) =>
        [.. Members.Select(members => (IReadOnlyList<double>)[.. Enumerable.Range(0, values[0].Length).Select(k => members.Average(i => (double)values[i][k]))])];

    /// <summary>Each category's part at the first level in which they differ: the whole catalogue's may begin alike.</summary>
    internal static string[] ByLevel(IReadOnlyList<string> categories)
    {
        string[][] parts = [.. categories.Select(category => category.Split(Levels, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        var named = parts.Where(p => p.Length > 0).ToList();
        int level = 0;
        while (named.Count > 0 && named.All(p => p.Length > level) && named.All(p => p[level] == named[0][level])) level++;
        return [.. parts.Select(p => p.Length > level ? p[level] : p.Length > 0 ? p[^1] : NoCategory)];
    }

    private static ItemGroups Of(string by, IReadOnlyList<string> groupOf, IReadOnlyList<string> order)
    {
        var groups = groupOf.Index().GroupBy(i => i.Item, i => i.Index).Select(g => (Name: g.Key, Items: g.ToArray())).ToList();
        var own = groups.OrderByDescending(g => g.Items.Length).Take(groups.Count > Chart.Colours ? Chart.Colours - 1 : groups.Count).OrderBy(g => order.Index().First(o => o.Item == g.Name).Index).ToList();
        int[] others = [.. groups.Except(own).SelectMany(g => g.Items)];
        return others.Length == 0
            ? new(by, [.. own.Select(g => g.Name)], [.. own.Select(g => g.Items)])
            : new(by, [.. own.Select(g => g.Name), string.Create(CultureInfo.InvariantCulture, $"{groups.Count - own.Count:N0} others")], [.. own.Select(g => g.Items), others]);
    }
}
