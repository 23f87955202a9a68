namespace UniM2Rec.Trainer.Data;

/// <summary>Something that a user did, as whoever asks for recommendations tells it.</summary>
/// <param name="User">Whose history it belongs to.</param>
/// <param name="Domain">A domain of the catalogue.</param>
/// <param name="ItemId">An item of the domain.</param>
/// <param name="Time">In the catalogue's unit; of a history without times, null in all of its events, which then are in order.</param>
public sealed record HistoryEvent(string User, string Domain, string ItemId, double? Time = null);

/// <summary>Histories in a CSV file: user_id, domain, item_id and, optionally, timestamp, columns in any order, rows of a user in the order of time where there are no times.</summary>
public static class HistoryFile
{
    /// <param name="path">The file.</param>
    /// <param name="domain">Domain of rows that name none, as where the file has no such column; null for none.</param>
    /// <exception cref="UserErrorException">The file is missing, lacks a column, or a row can't be read.</exception>
    public static IReadOnlyList<HistoryEvent> Read(string path, string? domain)
    {
        using var rejects = new RejectLog(csvPath: null, maxRate: 1);
        using var table = CsvTable.OpenForeign(path, rejects, separator: ',');
        int user = table.Require("user_id"), item = table.Require("item_id"), time = table.Find("timestamp");
        int named = domain is null ? table.Require("domain") : table.Find("domain");
        table.Expect([user, item], time);
        var events = new List<HistoryEvent>();
        bool? hasDates = null;
        while (table.Read())
        {
            string of = table.Text(named) is { Length: > 0 } own ? own : domain ?? throw Bad("names no domain");
            if (table.Text(user).Length == 0 || table.Text(item).Length == 0) throw Bad("names no user or no item");
            double? at = null;
            if (time >= 0)
            {
                if (!EventTime.TryParse(table.Text(time), out double parsed, out bool isDate)) throw Bad($"has the timestamp '{Excerpt.Of(table.Text(time))}', which is neither a number nor a date such as 2024-05-31T12:00:00Z");
                if ((hasDates ??= isDate) != isDate) throw Bad("has a date where the rows before it have numbers, or the other way round");
                at = parsed;
            }

            events.Add(new HistoryEvent(table.Text(user), of, table.Text(item), at));
        }

        if (rejects.Rejected > 0)
            throw new UserErrorException($"'{path}' has {rejects.Rejected:N0} rows with another number of fields than its first row, or of bytes that are not UTF-8; mend them.");
        return events.Count > 0 ? events : throw new UserErrorException($"'{path}' has no row below its first; give a history, one event a row.");

        UserErrorException Bad(string what) => new($"'{path}', line {table.Line}, {what}; correct that row.");
    }
}
