using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Unicode;
using CsvHelper;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Reads a CSV file row by row, columns by name. A row that breaks RFC 4180, has another number of fields than the first row or is not
/// UTF-8 goes to the rejects; blank lines are passed over.
/// </summary>
public sealed class CsvTable : IDisposable
{
    // A quote that is opened and never closed takes in the rest of the file; without a limit all of it would be read into memory.
    private const int LargestRow = 64 << 20;

    private readonly RejectLog _rejects;
    private readonly CsvReader _reader;
    private readonly IReadOnlyList<string> _columns;
    private readonly SwallowedRows _swallowed;

    /// <param name="path">the file</param>
    /// <param name="rejects">takes rows that can't be read</param>
    /// <param name="options">separator, and how strings are kept</param>
    /// <param name="columns">names of the columns where the first row does not name them</param>
    private CsvTable(string path, RejectLog rejects, CsvReaderOptions options, IReadOnlyList<string>? columns = null)
    {
        (Path, this._rejects) = (path, rejects);
        _reader = Open(path, options with
        {
            HasHeader = columns is null,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = Reject,
            MaxRecordSize = LargestRow,
            FormatProvider = CultureInfo.InvariantCulture,
            BufferSize = 1 << 18,
        });
        try
        {
            _columns = ReadColumns(columns);
            _swallowed = new SwallowedRows(_reader.Separator, _columns.Count);
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <summary>Opens a table of a catalogue.</summary>
    /// <param name="path">the file</param>
    /// <param name="domain">domain of the table, for messages</param>
    /// <param name="rejects">takes rows that can't be read</param>
    /// <param name="sharesStrings">keep one string for equal fields: for tables that repeat their values and are held in memory</param>
    /// <exception cref="Diagnostics.UserErrorException">the file is missing, unreadable or empty, or names a column twice</exception>
    internal static CsvTable OpenCatalogue(string path, string domain, RejectLog rejects, bool sharesStrings)
    {
        RegularFile.Require(path);
        if (!File.Exists(path))
            CatalogueErrors.MissingTable(path, domain);
        return new CsvTable(path, rejects, new CsvReaderOptions { Separator = ',', PoolStrings = sharesStrings });
    }

    /// <summary>Opens a table from elsewhere, plain or gzip.</summary>
    /// <param name="path">the file</param>
    /// <param name="rejects">takes rows that can't be read</param>
    /// <param name="separator">between fields; null = comma, semicolon, tab or bar, whichever the first lines have</param>
    /// <param name="columns">names of the columns where the first row does not name them; null where it does</param>
    /// <exception cref="Diagnostics.UserErrorException">the file is missing, unreadable or empty, or names a column twice</exception>
    public static CsvTable OpenForeign(string path, RejectLog rejects, char? separator, IReadOnlyList<string>? columns = null) =>
        new(path, rejects, new CsvReaderOptions { Separator = separator, PoolStrings = true }, columns);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Physical line on which the current row begins, from 1.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>Names of the columns, in their order.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Index of a column that must be there.</summary>
    /// <exception cref="Diagnostics.UserErrorException">it is not</exception>
    public int Require(string column)
    {
        int index = Find(column);
        if (index < 0)
            CatalogueErrors.MissingColumn(Path, column, _columns);
        return index;
    }

    /// <summary>Index of a column, or -1.</summary>
    public int Find(string column)
    {
        for (int index = 0; index < _columns.Count; index++)
        {
            if (_columns[index] == column)
                return index;
        }
        return -1;
    }

    /// <summary>Says which columns every row must fill, so that rows that a stray quote takes in are known by their look.</summary>
    /// <param name="ids">Columns of ids.</param>
    /// <param name="time">Column of the time; −1 for none.</param>
    public void Expect(int[] ids, int time = -1) => _swallowed.Expect(ids, time);

    /// <summary>Moves to the next row that can be read.</summary>
    /// <exception cref="Diagnostics.UserErrorException">the file can't be read on</exception>
    public bool Read()
    {
        while (ReadRow())
        {
            if (_reader.FieldCount != _columns.Count)
                Reject($"{_reader.FieldCount} fields, but {_columns.Count} columns are named");
            else if (!Utf8.IsValid(_reader.RawRecord))
                Reject("bytes that are not UTF-8; convert the file, such as by iconv -f latin1 -t utf-8");
            else if (_swallowed.In(_reader.RawRecord) is not [_, ..] rows)
                return true;
            else
                Reject(Line, rows);
        }
        return false;
    }

    /// <summary>The current row's field as UTF-8, empty for column -1; valid until the next row.</summary>
    public ReadOnlySpan<byte> Span(int column) => column < 0 ? [] : _reader.GetSpan(column);

    /// <summary>The current row's field, "" for column -1.</summary>
    public string Text(int column) => column < 0 ? "" : _reader.GetString(column);

    /// <summary>Counts the current row as taken.</summary>
    public void Accept() => _rejects.AcceptRow(Path, Line);

    /// <summary>Rejects the current row.</summary>
    public void Reject(string reason) => _rejects.Add(Path, Line, reason);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private bool ReadRow()
    {
        try
        {
            return _reader.Read();
        }
        catch (CsvFormatException)
        {
            CatalogueErrors.RowTooLong(Path, _reader.LineNumber, LargestRow);
        }
        catch (InvalidDataException broken)
        {
            CatalogueErrors.BrokenCompression(Path, broken);
        }
        catch (IOException failure)
        {
            StorageErrors.CannotRead(Path, failure);
        }
        return false;
    }

    /// <summary>Rejects a row and those that its quote took in, each by its line, so that the share of rejects is true.</summary>
    private void Reject(long line, IReadOnlyList<int> rows)
    {
        _rejects.Add(Path, line, $"a quote that takes in the next {rows[^1]} lines, {rows.Count} of which look like rows; expected it doubled or closed");
        foreach (int row in rows)
            _rejects.Add(Path, line + row, $"within the quotes that the row of line {line} opens");
    }

    private void Reject(CsvMalformedRecord record)
    {
        if (record.Reason != CsvMalformedReason.UnterminatedQuote && _swallowed?.In(System.Text.Encoding.UTF8.GetBytes(record.RawRecord)) is [_, ..] rows)
        {
            Reject(record.LineNumber, rows);
            return;
        }

        switch (record.Reason)
        {
            case CsvMalformedReason.UnterminatedQuote:
                CatalogueErrors.QuoteNeverClosed(Path, record.LineNumber);
                break;
            case CsvMalformedReason.FieldCountMismatch:
                _rejects.Add(Path, record.LineNumber, $"another number of fields than the {_columns.Count} of the first row");
                break;
            case CsvMalformedReason.TextAfterClosingQuote:
                _rejects.Add(Path, record.LineNumber, "text after a closing quote; expected a comma or the line's end");
                break;
            default:
                _rejects.Add(Path, record.LineNumber, "a quote inside a field that is not in quotes; expected it doubled, and the field in quotes");
                break;
        }
    }

    private string[] ReadColumns(IReadOnlyList<string>? given)
    {
        string[] names;
        try
        {
            _reader.ReadHeader();
            names = [.. (given ?? _reader.Headers).Select(name => name.Trim())];
        }
        catch (CsvFormatException failure)
        {
            CatalogueErrors.BadHeader(Path, failure);
            return [];
        }
        catch (InvalidDataException broken)
        {
            CatalogueErrors.BrokenCompression(Path, broken);
            return [];
        }
        if (names.Length == 0 || names is [""])
            CatalogueErrors.EmptyTable(Path);
        if (names.Any(name => name.Contains('\0')))
            CatalogueErrors.WideCharacters(Path);
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
            CatalogueErrors.DuplicateColumn(Path, duplicate.Key);
        return names;
    }

    private static CsvReader Open(string path, CsvReaderOptions options)
    {
        var file = RegularFile.Open(path, "a CSV file", FileOptions.SequentialScan);
        Span<byte> beginning = stackalloc byte[2];
        bool isCompressed = file.ReadAtLeast(beginning, 2, throwOnEndOfStream: false) == 2 && beginning is [0x1F, 0x8B];
        file.Position = 0;
        return CsvReader.Create(isCompressed ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file, options, leaveOpen: false);
    }
}

/// <summary>Fields as RFC 4180 writes them.</summary>
public static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\",\r\n");

    /// <summary>The value, in quotes where it needs them (also for spaces at its ends, which some readers trim).</summary>
    public static string Field(string value) =>
        value.AsSpan().ContainsAny(Special) || value.StartsWith(' ') || value.EndsWith(' ')
            ? $"\"{value.Replace("\"", "\"\"")}\""
            : value;

    /// <summary>
    /// The value for a file that people open in a spreadsheet: an apostrophe before what a spreadsheet would compute as a formula, which can start
    /// programs and send the sheet elsewhere. A plain number is none, whatever its sign.
    /// </summary>
    public static string WithoutFormula(string value) =>
        value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "'" + value
            : value;

    /// <summary>Writes one row, ended by a line feed.</summary>
    public static void WriteRow(TextWriter writer, params ReadOnlySpan<string> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                writer.Write(',');
            writer.Write(Field(fields[i]));
        }
        writer.Write('\n');
    }
}
