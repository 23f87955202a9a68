using System.Security.Cryptography;
using System.Text;
using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// The items and domains that a run's weights know, by name: a row of the feature store is another item once items.csv is sorted anew or has
/// grown, and what the weights keep about single items must go with the items.
/// </summary>
/// <param name="Domains">In the order of the store that the run was trained on.</param>
/// <param name="Items">Domain and id of each of its rows.</param>
public sealed record KnownItems(IReadOnlyList<string> Domains, IReadOnlyList<(string Domain, string ItemId)> Items)
{
    /// <summary>Those of a store.</summary>
    public static KnownItems Of(FeatureStore store) => new(
        store.Domains.Select(d => d.Name).ToList(),
        store.Domains.SelectMany(d => Enumerable.Range(d.FirstRow, d.Count).Select(row => (d.Name, store.GetItemId(row)))).ToList());

    /// <summary>Tells whether two lists hold the same items in the same order.</summary>
    public string Fingerprint() => FingerprintOf(Items);

    /// <summary>Tells whether two sequences of items are the same.</summary>
    public static string FingerprintOf(IEnumerable<(string Domain, string ItemId)> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (domain, id) in items) hash.AppendData(Encoding.UTF8.GetBytes($"{domain}\t{id}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes domain,item_id a row.</summary>
    public void Save(string path, IStorage storage) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        CsvText.WriteRow(writer, "domain", "item_id");
        foreach (var (domain, id) in Items) CsvText.WriteRow(writer, domain, id);
    }, storage);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">Names the domains, and the fingerprint that the file must have.</param>
    /// <exception cref="UserErrorException">The file is missing or another one.</exception>
    public static KnownItems Load(string path, RunData data)
    {
        if (FileKinds.Of(path) == FileKind.Missing)
            throw new UserErrorException($"'{path}' does not exist, but it names the items that the run's weights know; bring it back, or train again with --overwrite.");
        List<(string, string)> items;
        try
        {
            items = KeptTable.Read(path, "domain", "item_id").Select(row => (row[0], row[1])).ToList();
        }
        catch (FormatException error)
        {
            throw new UserErrorException($"'{path}' can't be read ({error.Message}), but it names the items that the run's weights know; bring it back, or train again with --overwrite.", error);
        }

        var known = new KnownItems(data.Domains, items);
        return known.Fingerprint() == data.Items
            ? known
            : throw new UserErrorException($"'{path}' does not hold the items that the run's weights know, as its data.json says; bring both files back as training wrote them, or train again with --overwrite.");
    }

    /// <summary>Where the items and domains of a store stood in this run's.</summary>
    public ItemMapping To(FeatureStore store)
    {
        var now = Of(store);
        var rows = new Dictionary<(string, string), int>(Items.Count);
        for (int row = 0; row < Items.Count; row++) rows[Items[row]] = row;
        var domains = Domains.Select((name, index) => (name, index)).ToDictionary();
        int[] former = now.Items.Select(item => rows.GetValueOrDefault(item, ItemMapping.New)).ToArray();
        return new ItemMapping(former, now.Domains.Select(name => domains.GetValueOrDefault(name, ItemMapping.New)).ToArray())
        {
            Removed = Items.Except(now.Items).Select(item => $"{item.Domain}: {item.ItemId}").ToList(),
        };
    }
}

/// <summary>Where what a run's weights know about single items and domains stands in its files.</summary>
/// <param name="Rows">By row of the store: its row in the files, or <see cref="New"/>.</param>
/// <param name="Domains">By domain of the store: its index in the files, or <see cref="New"/>.</param>
public sealed record ItemMapping(int[] Rows, int[] Domains)
{
    /// <summary>Stands for what the weights do not know.</summary>
    public const int New = -1;

    /// <summary>Items that have gone since, as people read them.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>Those of some rows of the store that the weights do not know.</summary>
    public int[] NewRows(IEnumerable<int> rows) => rows.Where(row => Rows[row] == New).ToArray();
}
