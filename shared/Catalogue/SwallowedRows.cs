using System.Globalization;
using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Finds the rows that a stray quote has taken in. A quote that should have been doubled opens a field that goes on over line ends to the
/// next quote, wherever that is; to a CSV reader this is a field of several lines like any other, so the rows would go without a word.
/// </summary>
internal sealed class SwallowedRows(char separator, int columns)
{
    private const int ColumnsThatTell = 4;
    private int[] _ids = [];
    private int _time = -1;

    /// <summary>Says which columns hold ids, and which a time (−1 for none); without any, nothing is found.</summary>
    public void Expect(int[] ids, int time) => (_ids, _time) = (ids, time);

    /// <summary>
    /// Lines of a record, behind its first, that are rows by the look of them: as many fields as the table has columns, and ids and a time where they should be.
    /// A text may have such a line by chance, so that those of a table without times must be two or of many columns, and the most of the field.
    /// </summary>
    /// <param name="record">Bytes of the record as it is in the file.</param>
    /// <returns>Their places in the record, from 1; empty where the record is as it should be.</returns>
    public IReadOnlyList<int> In(ReadOnlySpan<byte> record)
    {
        if (_ids.Length == 0 || record.IndexOfAny((byte)'\n', (byte)'\r') < 0)
            return [];
        string[] lines = Encoding.UTF8.GetString(record).Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
        int[] rows = [.. Enumerable.Range(1, lines.Length - 1).Where(line => IsRow(lines[line]))];
        bool told = _time >= 0 ? rows.Length > 0 : rows.Length >= (columns >= ColumnsThatTell ? 1 : 2) && 2 * rows.Length >= lines.Length - 1;
        return told ? rows : [];
    }

    private bool IsRow(string line)
    {
        string[] fields = line.Split(separator);
        return fields.Length == columns
            && _ids.All(id => IsId(Unquoted(fields[id])))
            && (_time < 0 || EventTime.TryParse(Unquoted(fields[_time]), out _));
    }

    private bool IsId(string field) => field.Length > 0 && (_time >= 0 || !field.Any(char.IsWhiteSpace));

    private static string Unquoted(string field) => field.Trim().Trim('"');
}

/// <summary>Times of events, as numbers or as dates.</summary>
public static class EventTime
{
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy-MM-ddzzz"];
    private static readonly string[] Times = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF", "HH:mm:ss,FFFFFFF"];
    private static readonly string[] Offsets = ["", "zzz", " zzz", "zz"];
    private static readonly string[] Formats = [.. Dates, .. Times.SelectMany(time => Offsets.SelectMany(offset => new[] { $"yyyy-MM-ddT{time}{offset}", $"yyyy-MM-dd {time}{offset}" }))];

    /// <summary>
    /// Reads a finite number as it is, or a date of ISO 8601 (2024-05-31, 2024-05-31T12:30, 2024-05-31 12:30:00.5+02:00, …Z) as seconds since
    /// 1970; a date without an offset is of UTC.
    /// </summary>
    public static bool TryParse(string text, out double time) => TryParse(text, out time, out _);

    /// <summary>As <see cref="TryParse(string, out double)"/>, and says whether it was a date.</summary>
    public static bool TryParse(string text, out double time, out bool isDate)
    {
        isDate = false;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out time))
            return double.IsFinite(time);
        string plain = text.Trim();
        // Custom formats have no optional Z.
        if (plain.EndsWith('Z') || plain.EndsWith('z'))
            plain = plain[..^1].TrimEnd() + "+00:00";
        isDate = DateTimeOffset.TryParseExact(plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date);
        time = isDate ? (date - DateTimeOffset.UnixEpoch).TotalSeconds : 0;
        return isDate;
    }
}
