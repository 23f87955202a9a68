using System.Text.Json;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Takes the events out of reviews, a JSON object a line, or out of a ratings file.</summary>
internal sealed class AmazonReviews(double minimumRating)
{
    /// <summary>Seconds of the year 5138, or milliseconds of 1973: a greater time is in milliseconds.</summary>
    private const double LeastMilliseconds = 1e11;
    private const double MillisecondsPerSecond = 1000;

    /// <summary>The events.</summary>
    public InteractionTable Table { get; private set; } = new();

    /// <summary>Takes a line.</summary>
    /// <param name="line">A review.</param>
    /// <returns>Why it can't be used; null where it was taken.</returns>
    public string? Take(string line)
    {
        using var json = JsonFields.Parse(line);
        return json is null ? "is no JSON object" : Take(json.RootElement);
    }

    /// <summary>Takes items for users and users for items.</summary>
    public void ExchangeUsersAndItems()
    {
        var exchanged = new InteractionTable();
        foreach (var row in Table.Rows)
            exchanged.Add(Table.Items[row.Item], Table.Users[row.User], row.Timestamp, row.Rating);
        Table = exchanged;
    }

    /// <summary>Takes an event; of one that is not rated, the rating is NaN.</summary>
    public void Add(string user, string item, double rating, double time)
    {
        // What is not rated is not rated lower.
        if (!(rating < minimumRating))
            Table.Add(user, item, time >= LeastMilliseconds ? time / MillisecondsPerSecond : time, (float)rating);
    }

    private string? Take(JsonElement review)
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
}
