using System.Globalization;

namespace UniM2Rec.Catalogue;

/// <summary>One event of a user in a domain.</summary>
/// <param name="UserId">the same id in two domains is one person</param>
/// <param name="ItemId">an item of the domain</param>
/// <param name="Timestamp">any finite number, of which only the order counts; seconds since 1970 where the catalogue has dates</param>
/// <param name="Rating">NaN where the catalogue has none</param>
/// <param name="Split">part of a predefined split</param>
public readonly record struct Interaction(string UserId, string ItemId, double Timestamp, float Rating, SplitPart Split);

/// <summary>The part of a predefined split that an event belongs to.</summary>
public enum SplitPart : byte
{
    /// <summary>The catalogue defines no split for the event.</summary>
    Unspecified,

    /// <summary>Column value <c>train</c>.</summary>
    Train,

    /// <summary>Column value <c>valid</c>.</summary>
    Validation,

    /// <summary>Column value <c>test</c>.</summary>
    Test,
}

/// <summary>Reads a domain's interactions.csv.</summary>
internal static class InteractionReader
{
    public static IEnumerable<Interaction> Read(string folder, string domain, RejectLog rejects)
    {
        using var table = CsvTable.OpenCatalogue(CatalogueLayout.Interactions(folder, domain), domain, rejects, sharesStrings: true);
        int user = table.Require("user_id"), item = table.Require("item_id"), time = table.Require("timestamp");
        int rating = table.Find("rating"), split = table.Find("split");
        table.Expect([user, item], time);
        bool? hasDates = null;
        while (table.Read())
        {
            float stars = float.NaN;
            if (table.Span(user).IsEmpty)
                table.Reject("empty user_id");
            else if (table.Span(item).IsEmpty)
                table.Reject("empty item_id");
            else if (!TryParseTime(table, time, out double timestamp, out bool isDate))
                table.Reject($"timestamp '{table.Text(time)}' is neither a number nor a date such as 2024-05-31T12:00:00Z");
            // Dates become seconds; whether the numbers are seconds, nobody says.
            else if (hasDates is not null && hasDates != isDate)
                table.Reject($"timestamp '{table.Text(time)}' is {(isDate ? "a date and those before it are numbers" : "a number and those before it are dates")}");
            else if (!table.Span(rating).IsEmpty
                     && (!float.TryParse(table.Span(rating), NumberStyles.Float, CultureInfo.InvariantCulture, out stars) || !float.IsFinite(stars)))
                table.Reject($"rating '{table.Text(rating)}' is not a number");
            else if (ParseSplit(table.Span(split)) is not { } part)
                table.Reject($"split '{table.Text(split)}' is none of train, valid, test");
            else
            {
                table.Accept();
                hasDates = isDate;
                yield return new Interaction(table.Text(user), table.Text(item), timestamp, stars, part);
            }
        }
    }

    /// <summary>The split column's value, "" where there is none.</summary>
    public static string NameOf(SplitPart part) => part switch
    {
        SplitPart.Train => "train",
        SplitPart.Validation => "valid",
        SplitPart.Test => "test",
        _ => "",
    };

    private static bool TryParseTime(CsvTable table, int column, out double time, out bool isDate)
    {
        isDate = false;
        // Numbers are the rule, and need no text made of them.
        return double.TryParse(table.Span(column), NumberStyles.Float, CultureInfo.InvariantCulture, out time)
            ? double.IsFinite(time)
            : EventTime.TryParse(table.Text(column), out time, out isDate);
    }

    private static SplitPart? ParseSplit(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? SplitPart.Unspecified
        : text.SequenceEqual("train"u8) ? SplitPart.Train
        : text.SequenceEqual("valid"u8) ? SplitPart.Validation
        : text.SequenceEqual("test"u8) ? SplitPart.Test
        : null;
}
