using System.Globalization;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Takes the events out of a ratings file: user, item, rating and time as CSV, in the order that its header says. Without a header the releases differ
/// (2014: user first, 2018: item first), which only the metadata can tell.
/// </summary>
internal sealed class AmazonRatings
{
    private const int Fields = 4;

    private static readonly string[][] Names =
    [
        ["user_id", "reviewerID", "user", "userId"], ["parent_asin", "asin", "item_id", "item", "productId", "product_id"],
        ["rating", "overall", "stars", "score"], ["timestamp", "unixReviewTime", "time", "date"],
    ];

    private readonly string _path;
    private readonly int[] _columns;

    private AmazonRatings(string path, int[] columns, bool hasHeader) => (_path, _columns, HasHeader) = (path, columns, hasHeader);

    /// <summary>Whether the first line says which column is which; else users may be items, and items users.</summary>
    public bool HasHeader { get; }

    /// <summary>Looks at a file's first line.</summary>
    /// <returns>Null where the file is none of ratings.</returns>
    /// <exception cref="UserErrorException">It has a header that lacks a column.</exception>
    public static AmazonRatings? In(string path)
    {
        string line = SourceLines.Read(path).Select(line => line.Text).FirstOrDefault("");
        string[] fields = line.Split(',', StringSplitOptions.TrimEntries);
        if (line.TrimStart().StartsWith('{') || fields.Length < Fields)
            return null;
        if (fields.Length == Fields && TryParse(fields[2], out _) && TryParse(fields[3], out _))
            return new AmazonRatings(path, [0, 1, 2, 3], hasHeader: false);
        string[] names = [.. fields.Select(field => field.Trim('"'))];
        int[] columns = [.. Names.Select(known => known.Select(name => Array.FindIndex(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(at => at >= 0, -1))];
        return columns.All(column => column >= 0)
            ? new AmazonRatings(path, columns, hasHeader: true)
            : throw new UserErrorException($"the first line of '{path}' is '{Excerpt.Of(line)}', but a review as a JSON object, a header such as user_id,parent_asin,rating,timestamp, or a row of user, item, rating and time was expected; give a file of Amazon Reviews, or import it by 'import csv', which takes any columns.");
    }

    /// <summary>Reads the events.</summary>
    /// <param name="add">Takes user, item, rating (NaN for none) and time.</param>
    /// <param name="context">Takes rows that can't be used.</param>
    public void Read(Action<string, string, double, double> add, ImportContext context)
    {
        using var table = CsvTable.OpenForeign(_path, context.Rejects, ',', HasHeader ? null : ["user or item", "item or user", "rating", "time"]);
        table.Expect([_columns[0], _columns[1]], _columns[3]);
        using var task = context.Progress.Start(Path.GetFileName(_path), null, "rows");
        while (table.Read())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            task.Advance();
            var (user, item, stars, when) = (Text(0), Text(1), Text(2), Text(3));
            double rating = double.NaN;
            if (user.Length == 0 || item.Length == 0)
                table.Reject("user or item is empty");
            else if (stars.Length > 0 && !TryParse(stars, out rating))
                table.Reject($"'{Excerpt.Of(stars)}' is no rating");
            else if (!TryParse(when, out double time))
                table.Reject($"'{Excerpt.Of(when)}' is no time");
            else
            {
                table.Accept();
                add(user, item, rating, time);
            }
        }

        string Text(int column) => table.Text(_columns[column]).Trim();
    }

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
