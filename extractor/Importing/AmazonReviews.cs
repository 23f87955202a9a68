using System.Globalization;
using System.Text.Json;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Takes the events out of reviews, a JSON object a line, or out of a ratings file: user, item, rating and time between commas, in the order
/// that its header says. Without a header the releases differ (2014: user first, 2018: item first), which only the metadata can tell.
/// </summary>
internal sealed class AmazonReviews(double minimumRating)
{
    /// <summary>Seconds of the year 5138, or milliseconds of 1973: a greater time is in milliseconds.</summary>
    private const double LeastMilliseconds = 1e11;
    private const double MillisecondsPerSecond = 1000;
    private const int Fields = 4;

    private static readonly string[][] Names =
    [
        ["user_id", "reviewerID", "user", "userId"], ["parent_asin", "asin", "item_id", "item", "productId", "product_id"],
        ["rating", "overall", "stars", "score"], ["timestamp", "unixReviewTime", "time", "date"],
    ];

    private int[]? _columns;
    private bool _hasHeader;
    private bool _hasBegun;

    /// <summary>The events.</summary>
    public InteractionTable Table { get; private set; } = new();

    /// <summary>Whether users may be items, and items users.</summary>
    public bool IsOrderUnknown => _columns is not null && !_hasHeader;

    /// <summary>Takes a line.</summary>
    /// <param name="line">A review, or a row of a ratings file.</param>
    /// <param name="path">The file, for messages.</param>
    /// <returns>Why it can't be used; null where it was taken.</returns>
    /// <exception cref="UserErrorException">The header of a ratings file lacks a column.</exception>
    public string? Take(string line, string path)
    {
        bool isFirst = !_hasBegun;
        _hasBegun = true;
        if (isFirst)
            _columns = ReadColumns(line, path);
        if (_columns is not null)
            return isFirst && _hasHeader ? null : TakeRow(line.Split(',', StringSplitOptions.TrimEntries));
        using var json = JsonFields.Parse(line);
        return json is null ? "is no JSON object" : TakeReview(json.RootElement);
    }

    /// <summary>Takes the first column for the item and the second for the user.</summary>
    public void ExchangeUsersAndItems()
    {
        var exchanged = new InteractionTable();
        foreach (var row in Table.Rows)
            exchanged.Add(Table.Items[row.Item], Table.Users[row.User], row.Timestamp, row.Rating);
        Table = exchanged;
    }

    /// <summary>Columns of user, item, rating and time; null where the file is none of ratings.</summary>
    private int[]? ReadColumns(string line, string path)
    {
        string[] fields = line.Split(',', StringSplitOptions.TrimEntries);
        if (line.TrimStart().StartsWith('{') || fields.Length < Fields)
            return null;
        if (fields.Length == Fields && TryParse(fields[2], out _) && TryParse(fields[3], out _))
            return [0, 1, 2, 3];
        _hasHeader = true;
        string[] names = [.. fields.Select(Unquoted)];
        int[] columns = [.. Names.Select(known => known.Select(name => Array.FindIndex(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(at => at >= 0, -1))];
        return columns.All(column => column >= 0)
            ? columns
            : throw new UserErrorException($"the first line of '{path}' is '{Excerpt.Of(line)}', but a review as a JSON object, a header such as user_id,parent_asin,rating,timestamp, or a row of user, item, rating and time was expected; give a file of Amazon Reviews, or import it by 'import csv', which takes any columns.");
    }

    private string? TakeRow(string[] fields)
    {
        int needed = _hasHeader ? _columns!.Max() + 1 : Fields;
        if (fields.Length < needed)
            return $"has {fields.Length} fields, but user, item, rating and time were expected";
        var (user, item, stars) = (Unquoted(fields[_columns![0]]), Unquoted(fields[_columns[1]]), Unquoted(fields[_columns[2]]));
        double rating = double.NaN;
        if (user.Length == 0 || item.Length == 0)
            return "user or item is empty";
        if (stars.Length > 0 && !TryParse(stars, out rating))
            return $"'{Excerpt.Of(stars)}' is no rating";
        if (!TryParse(Unquoted(fields[_columns[3]]), out double time))
            return $"'{Excerpt.Of(fields[_columns[3]])}' is no time";
        Add(user, item, rating, time);
        return null;
    }

    private string? TakeReview(JsonElement review)
    {
        string user = JsonFields.Text(review, "reviewerID", "user_id");
        string item = AmazonItems.IdOf(review);
        double rating = double.NaN;
        if (user.Length == 0 || item.Length == 0)
            return "user (reviewerID or user_id) or item (asin or parent_asin) is missing";
        if (!JsonFields.TryNumber(review, "overall", out double stars) && !JsonFields.TryNumber(review, "rating", out stars))
        {
            if (!JsonFields.IsAbsent(review, "overall") || !JsonFields.IsAbsent(review, "rating"))
                return "rating (overall or rating) is no number";
        }
        else
        {
            rating = stars;
        }

        if (!JsonFields.TryNumber(review, "unixReviewTime", out double time) && !JsonFields.TryNumber(review, "timestamp", out time))
            return "time (unixReviewTime or timestamp) is missing or no number";
        Add(user, item, rating, time);
        return null;
    }

    private void Add(string user, string item, double rating, double time)
    {
        // What is not rated is not rated lower.
        if (!(rating < minimumRating))
            Table.Add(user, item, time >= LeastMilliseconds ? time / MillisecondsPerSecond : time, (float)rating);
    }

    private static string Unquoted(string field) => field is ['"', .., '"'] ? field[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : field;

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
