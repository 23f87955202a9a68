namespace UniM2Rec.Trainer.Exporting;

/// <summary>What an export says of its items to people.</summary>
internal static class ItemRecords
{
    /// <param name="datasetFolder">The catalogue.</param>
    /// <param name="store">Its feature store, which tells the rows.</param>
    /// <param name="rows">By item of the export: its row in the store.</param>
    /// <returns>By item of the export.</returns>
    public static Item[] Of(string datasetFolder, FeatureStore store, int[] rows)
    {
        int[] slotOfRow = new int[store.ItemCount];
        Array.Fill(slotOfRow, -1);
        for (int slot = 0; slot < rows.Length; slot++) slotOfRow[rows[slot]] = slot;
        var items = new Item?[rows.Length];
        var dataset = Dataset.Open(datasetFolder);
        using var rejects = new RejectLog(null, maxRate: 1); // they were reported when the features were extracted
        foreach (var domain in store.Domains)
        {
            foreach (var item in dataset.ReadItems(domain.Name, rejects))
            {
                if (store.FindRow(item.Domain, item.ItemId) is >= 0 and var row && slotOfRow[row] is >= 0 and var slot) items[slot] = item;
            }
        }

        for (int slot = 0; slot < items.Length; slot++)
            items[slot] ??= new Item { Domain = store.Domains.First(d => rows[slot] < d.FirstRow + d.Count).Name, ItemId = store.GetItemId(rows[slot]) };
        return items!;
    }

    /// <summary>Writes the table of <see cref="ExportLayout.Items"/>.</summary>
    public static void Save(string path, Item[] items) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        CsvText.WriteRow(writer, [.. ExportLayout.ItemColumns]);
        foreach (var item in items) CsvText.WriteRow(writer, item.Domain, item.ItemId, item.Title, item.Category, item.Brand, item.Image);
    });
}
