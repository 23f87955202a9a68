using System.Text.Json;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Makes an item of a line of Amazon's metadata, whatever the release.</summary>
internal static class AmazonItems
{
    /// <summary>The item's id, a text or a number; "" where the line has none.</summary>
    public static string IdOf(JsonElement row) => JsonFields.Text(row, "parent_asin", "asin");

    /// <summary>
    /// title; category (2018) or categories (2014, 2023), with main_category before them (2023); brand, or the brand that details name (2023: an object, or the
    /// text of one), or store; feature (2018) or features (2023) and description as the description.
    /// </summary>
    public static Item Describe(string domain, string id, JsonElement row, PicturesById? pictures) => new()
    {
        Domain = domain,
        ItemId = id,
        Title = CatalogueText.Clean(JsonFields.Text(row, "title")),
        Category = CatalogueText.Clean(All(row, "main_category", "category", "categories")),
        Brand = new[] { JsonFields.Text(row, "brand"), BrandOfDetails(row), JsonFields.Text(row, "store") }.Select(CatalogueText.Clean).FirstOrDefault(text => text.Length > 0) ?? "",
        Description = CatalogueText.Clean(All(row, "feature", "features", "description")),
        Image = pictures?.Find(id) ?? "",
    };

    private static IEnumerable<string> All(JsonElement row, params string[] names) => names.SelectMany(name => JsonFields.Texts(row, name));

    private static string BrandOfDetails(JsonElement row)
    {
        if (!row.TryGetProperty("details", out var details))
            return "";
        if (details.ValueKind == JsonValueKind.Object)
            return JsonFields.Text(details, "Brand", "Brand Name", "Manufacturer");
        if (details.ValueKind != JsonValueKind.String)
            return "";
        using var parsed = JsonFields.Parse(details.GetString()!.Trim());
        return parsed is null ? "" : JsonFields.Text(parsed.RootElement, "Brand", "Brand Name", "Manufacturer");
    }
}
