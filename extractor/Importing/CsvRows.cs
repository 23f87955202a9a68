using System.Globalization;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Reads a plain table of events.</summary>
internal sealed class CsvEvents(CsvColumns columns, double minimumRating, ImportContext context)
{
    /// <exception cref="UserErrorException">The table or a column is missing.</exception>
    public InteractionTable Read(string path)
    {
        using var table = columns.OpenEvents(path, context.Rejects);
        var (user, item) = (columns.Find(table, CsvColumns.User, isNeeded: true), columns.Find(table, CsvColumns.Item, isNeeded: true));
        int time = columns.TakesFileOrder ? -1 : columns.Find(table, CsvColumns.Time, isNeeded: true);
        var (rating, split) = (columns.Find(table, CsvColumns.Rating, isNeeded: minimumRating > 0), columns.Find(table, CsvColumns.Split));
        table.Expect([user, item], time);
        var events = new InteractionTable();
        bool? hasDates = null;
        using var task = context.Progress.Start(Path.GetFileName(path), null, "rows");
        while (table.Read())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            task.Advance();
            double stars = rating < 0 ? 1 : double.NaN, timestamp = events.Rows.Count;
            bool isDate = false;
            if (table.Text(user).Trim().Length == 0 || table.Text(item).Trim().Length == 0)
                table.Reject("user or item is empty");
            else if (time >= 0 && !EventTime.TryParse(Point(table.Text(time)), out timestamp, out isDate))
                table.Reject($"'{Excerpt.Of(table.Text(time))}' is neither a number nor a date such as 2024-05-31T12:00:00Z");
            else if (time >= 0 && hasDates is not null && hasDates != isDate)
                table.Reject($"'{table.Text(time)}' is {(isDate ? "a date and the times before it are numbers" : "a number and the times before it are dates")}");
            else if (table.Text(rating).Trim() is { Length: > 0 } written && !TryParse(Point(written), out stars))
                table.Reject($"'{Excerpt.Of(written)}' is no rating");
            else if (PartOf(table.Text(split).Trim()) is not { } part)
                table.Reject($"'{Excerpt.Of(table.Text(split))}' is none of train, valid, test");
            else
            {
                table.Accept();
                hasDates = isDate;
                // What is not rated is not rated lower.
                if (rating < 0 || !(stars < minimumRating))
                    events.Add(table.Text(user).Trim(), table.Text(item).Trim(), timestamp, (float)stars, part);
            }
        }

        return events;
    }

    /// <summary>A number as semicolon tables have it, 4,5, with a point.</summary>
    private static string Point(string text) =>
        text.IndexOf(',') is > 0 and var at && at == text.LastIndexOf(',') && !text.AsSpan().ContainsAny('.', ':') ? text.Replace(',', '.') : text.Trim();

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static SplitPart? PartOf(string text) => text.ToLowerInvariant() switch
    {
        "" => SplitPart.Unspecified,
        "train" or "training" => SplitPart.Train,
        "valid" or "val" or "dev" or "validation" => SplitPart.Validation,
        "test" => SplitPart.Test,
        _ => null,
    };
}

/// <summary>Reads a plain table of items.</summary>
internal sealed class CsvItems(CsvColumns columns, PicturesById? pictures, ImportContext context)
{
    /// <exception cref="UserErrorException">The table or a column is missing.</exception>
    public List<Item> Read(string path, string domain)
    {
        using var table = columns.OpenItems(path, context.Rejects);
        int id = columns.Find(table, CsvColumns.Item, isNeeded: true);
        int image = pictures is null ? -1 : columns.Find(table, CsvColumns.Image);
        int[] texts = [.. new[] { CsvColumns.Title, CsvColumns.Category, CsvColumns.Brand, CsvColumns.Description }.Select(option => columns.Find(table, option))];
        if (texts.All(column => column < 0))
            context.Log.Warning("{File:l} has no column of a title, category, brand or description, so that its items have no text; it has {Columns:l}, and --title names one", path, string.Join(", ", table.Columns));
        table.Expect([id]);
        var items = new List<Item>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int addresses = 0;
        while (table.Read())
        {
            string picture = table.Text(image).Trim();
            bool isAddress = picture.Contains("://", StringComparison.Ordinal);
            string itemId = table.Text(id).Trim();
            if (itemId.Length == 0)
                table.Reject("item id is empty");
            else if (seen.Contains(itemId))
                table.Reject($"item '{itemId}' occurs again");
            else if (!isAddress && !ImagePath.IsInside(picture))
                table.Reject($"picture '{Excerpt.Of(picture)}' is outside the pictures folder");
            else
            {
                table.Accept();
                seen.Add(itemId);
                addresses += isAddress ? 1 : 0;
                items.Add(new Item
                {
                    Domain = domain,
                    ItemId = itemId,
                    Title = TextOf(table, texts[0]),
                    Category = TextOf(table, texts[1]),
                    Brand = TextOf(table, texts[2]),
                    Description = TextOf(table, texts[3]),
                    Image = isAddress || image < 0 ? pictures?.Find(itemId) ?? "" : picture,
                });
            }
        }

        if (addresses > 0)
            context.Log.Warning("{File:l}: {Count:N0} pictures are addresses, and nothing is downloaded; put the files into --images, named by item id", path, addresses);
        return items;
    }

    private string TextOf(CsvTable table, int column) => columns.AreHtml ? CatalogueText.Clean(table.Text(column)) : table.Text(column).Trim();
}
