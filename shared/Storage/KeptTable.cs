using System.Globalization;
using System.Text.Unicode;
using CsvHelper;

namespace UniM2Rec.Storage;

/// <summary>CSV files that programs keep in run folders and exports, read so that nothing in them is taken on trust.</summary>
public static class KeptTable
{
    private const int LargestRow = 1 << 20;

    /// <summary>The rows, one after the other.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">What its first row says.</param>
    /// <exception cref="UserErrorException">The file is no regular file, or unreadable.</exception>
    /// <exception cref="FormatException">It holds no such table; the message says where.</exception>
    public static IEnumerable<string[]> Read(string path, params string[] columns)
    {
        RegularFile.Require(path);
        using var csv = CsvReader.FromFile(path, new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            FormatProvider = CultureInfo.InvariantCulture,
            MalformedData = CsvMalformedDataHandling.Throw,
            MaxRecordSize = LargestRow,
        });
        if (!Next(csv, 1) || !Fields(csv, 1).SequenceEqual(columns)) throw new FormatException($"its first row is not {string.Join(',', columns)}");
        for (int row = 2; Next(csv, row); row++)
        {
            string[] fields = Fields(csv, row);
            if (fields.Length != columns.Length) throw new FormatException($"row {row} has {fields.Length} fields instead of {columns.Length}");
            yield return fields;
        }
    }

    private static string[] Fields(CsvReader csv, int row) =>
        Utf8.IsValid(csv.RawRecord) ? [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)] : throw new FormatException($"row {row} holds bytes that are not UTF-8");

    private static bool Next(CsvReader csv, int row)
    {
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException error)
        {
            throw new FormatException($"row {row} is no CSV", error);
        }
        catch (IOException error)
        {
            throw new FormatException($"row {row} can't be read ({error.Message.TrimEnd('.')})", error);
        }
    }
}
