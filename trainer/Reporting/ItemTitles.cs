namespace UniM2Rec.Trainer.Reporting;

/// <summary>Names of items by their row in the feature store, for people to read.</summary>
public sealed class ItemTitles
{
    private readonly (string Domain, string ItemId, string Title)[] _items;

    /// <param name="datasetFolder">The catalogue.</param>
    /// <param name="store">Its feature store, which tells the rows.</param>
    public ItemTitles(string datasetFolder, FeatureStore store)
    {
        _items = new (string, string, string)[store.ItemCount];
        var dataset = Dataset.Open(datasetFolder);
        // Rejects were reported when the features were extracted.
        using var rejects = new RejectLog(null, maxRate: 1);
        foreach (var domain in store.Domains)
        {
            foreach (var item in dataset.ReadItems(domain.Name, rejects))
            {
                int row = store.FindRow(item.Domain, item.ItemId);
                if (row >= 0) _items[row] = (item.Domain, item.ItemId, item.Title);
            }
        }
    }

    public (string Domain, string ItemId, string Title) this[int row] => _items[row];
}
