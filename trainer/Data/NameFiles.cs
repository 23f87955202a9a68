using System.Text;

namespace UniM2Rec.Trainer.Data;

/// <summary>Users' ids in a text file, one a line.</summary>
public static class UsersFile
{
    /// <param name="path">The file; empty lines are passed over.</param>
    /// <returns>Each id once, in the file's order.</returns>
    /// <exception cref="UserErrorException">The file is missing, holds bytes that are not UTF-8, or no id.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        try
        {
            using var reader = new StreamReader(RegularFile.Open(path, "users' ids, one a line", FileOptions.SequentialScan), new UTF8Encoding(true, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            var users = new List<string>();
            while (reader.ReadLine() is { } line)
            {
                if (line.Length > 0) users.Add(line);
            }

            return users.Count > 0 ? [.. users.Distinct()] : throw new UserErrorException($"'{path}' names no user; give a file with users' ids, one a line.");
        }
        catch (DecoderFallbackException error)
        {
            throw new UserErrorException($"'{path}' holds bytes that are not UTF-8; give a text file with users' ids, one a line.", error);
        }
    }
}

/// <summary>Items in a CSV file: domain and item_id, columns in any order.</summary>
public static class ItemsFile
{
    /// <param name="path">The file.</param>
    /// <param name="domain">Domain of rows that name none, as where the file has no such column; null for none.</param>
    /// <exception cref="UserErrorException">The file is missing, lacks a column, or a row can't be read.</exception>
    public static IReadOnlyList<(string Domain, string ItemId)> Read(string path, string? domain)
    {
        using var rejects = new RejectLog(csvPath: null, maxRate: 1);
        using var table = CsvTable.OpenForeign(path, rejects, separator: ',');
        int item = table.Require("item_id"), named = domain is null ? table.Require("domain") : table.Find("domain");
        table.Expect([item], -1);
        var items = new List<(string, string)>();
        while (table.Read())
        {
            string of = table.Text(named) is { Length: > 0 } own ? own : domain ?? "";
            if (of.Length == 0 || table.Text(item).Length == 0) throw new UserErrorException($"'{path}', line {table.Line}, names no domain or no item; correct that row.");
            items.Add((of, table.Text(item)));
        }

        return rejects.Rejected == 0 ? items
            : throw new UserErrorException($"'{path}' has {rejects.Rejected:N0} rows with another number of fields than its first row, or of bytes that are not UTF-8; mend them.");
    }
}
