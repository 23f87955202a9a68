using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Store rows by domain and item id.</summary>
public sealed class ItemLookup
{
    private readonly Dictionary<(string Domain, string Id), int> _rows = [];
    private readonly Dataset _dataset;

    /// <summary>Reads the catalogue's items in the order of store rows.</summary>
    public ItemLookup(Dataset dataset)
    {
        _dataset = dataset;
        using var silent = new RejectLog(csvPath: null);
        foreach (var item in dataset.Domains.SelectMany(domain => dataset.ReadItems(domain, silent)))
            _rows.Add((item.Domain, item.ItemId), _rows.Count);
    }

    /// <summary>Number of items.</summary>
    public int Count => _rows.Count;

    /// <summary>Row of an item, or −1.</summary>
    public int Find(string domain, string id) => _rows.GetValueOrDefault((domain, id), -1);

    /// <summary>The catalogue's only domain.</summary>
    /// <exception cref="UserErrorException">There are several.</exception>
    public string OnlyDomain(string path) => _dataset.Domains.Count == 1
        ? _dataset.Domains[0]
        : throw new UserErrorException($"{path} has item ids without a domain, but the catalogue has {_dataset.Domains.Count} ({string.Join(", ", _dataset.Domains)}); name one by --domain, or begin each line with the domain and a tab.");
}
