namespace UniM2Rec.Catalogue;

/// <summary>Reads a domain's items.csv.</summary>
internal static class ItemReader
{
    public static IEnumerable<Item> Read(string folder, string domain, RejectLog rejects)
    {
        using var table = new CsvTable(CatalogueLayout.Items(folder, domain), domain, rejects, sharesStrings: false);
        int id = table.Require("item_id");
        int title = table.Find("title"), category = table.Find("category"), brand = table.Find("brand");
        int description = table.Find("description"), image = table.Find("image");
        var seen = new IdSet();
        while (table.Read())
        {
            string picture = table.Text(image);
            if (table.Span(id).IsEmpty)
                table.Reject("empty item_id");
            else if (!ImagePath.IsInside(picture))
                table.Reject($"picture '{picture}' is outside the pictures folder");
            else if (!seen.Add(table.Span(id)))
                table.Reject($"item_id '{table.Text(id)}' is in the table already");
            else
            {
                table.Accept();
                yield return new Item
                {
                    Domain = domain,
                    ItemId = table.Text(id),
                    Title = table.Text(title),
                    Category = table.Text(category),
                    Brand = table.Text(brand),
                    Description = table.Text(description),
                    Image = picture,
                };
            }
        }
    }
}
