using System.Globalization;

namespace UniM2Rec.Catalogue;

/// <summary>One event of a user in a domain.</summary>
/// <param name="UserId">the same id in two domains is one person</param>
/// <param name="ItemId">an item of the domain</param>
/// <param name="Timestamp">any finite number; only its order counts</param>
/// <param name="Rating">NaN where the catalogue has none</param>
/// <param name="Split">part of a predefined split</param>
public readonly record struct Interaction(string UserId, string ItemId, double Timestamp, float Rating, SplitPart Split);

/// <summary>The part of a predefined split that an event belongs to.</summary>
public enum SplitPart
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
        using var table = new CsvTable(CatalogueLayout.Interactions(folder, domain), domain, rejects, sharesStrings: true);
        int user = table.Require("user_id"), item = table.Require("item_id"), time = table.Require("timestamp");
        int rating = table.Find("rating"), split = table.Find("split");
        while (table.Read())
        {
            float stars = float.NaN;
            if (table.Span(user).IsEmpty)
                table.Reject("empty user_id");
            else if (table.Span(item).IsEmpty)
                table.Reject("empty item_id");
            else if (!double.TryParse(table.Span(time), NumberStyles.Float, CultureInfo.InvariantCulture, out double timestamp)
                     || !double.IsFinite(timestamp))
                table.Reject($"timestamp '{table.Text(time)}' is not a number");
            else if (!table.Span(rating).IsEmpty
                     && (!float.TryParse(table.Span(rating), NumberStyles.Float, CultureInfo.InvariantCulture, out stars) || !float.IsFinite(stars)))
                table.Reject($"rating '{table.Text(rating)}' is not a number");
            else if (ParseSplit(table.Span(split)) is not { } part)
                table.Reject($"split '{table.Text(split)}' is none of train, valid, test");
            else
            {
                table.Accept();
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

    private static SplitPart? ParseSplit(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? SplitPart.Unspecified
        : text.SequenceEqual("train"u8) ? SplitPart.Train
        : text.SequenceEqual("valid"u8) ? SplitPart.Validation
        : text.SequenceEqual("test"u8) ? SplitPart.Test
        : null;
}
