using System.Globalization;
using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Counts accepted and rejected rows and lists the rejected ones with line and reason, so that
/// accepted + rejected = rows read. Safe to use from several threads.
/// </summary>
public sealed class RejectLog : IDisposable
{
    private readonly string? _csvPath;
    private readonly double _maxRate;
    private readonly string _limit;
    private readonly Lock _state = new();
    private readonly Spool? _waiting;
    private readonly IStorage? _storage;
    private StreamWriter? _writer;
    private string _currentFile = "";
    private long _currentLine;
    private string? _first;

    /// <summary>Begins a log. The file is made with the first rejected row; one of an earlier run is deleted.</summary>
    /// <param name="csvPath">where rejected rows are listed, or null to count only</param>
    /// <param name="maxRate">largest share of rejected rows that <see cref="ThrowIfTooMany"/> lets pass, 0 to 1</param>
    /// <param name="limit">what the user sets that share by</param>
    /// <param name="waits">leave the earlier run's list alone until <see cref="Publish"/>, or until there are too many</param>
    /// <param name="storage">where a list that waits goes; null for the file system</param>
    /// <exception cref="Diagnostics.UserErrorException">an older file can't be deleted</exception>
    public RejectLog(string? csvPath, double maxRate = 0.01, string limit = "--max-reject-rate", bool waits = false, IStorage? storage = null)
    {
        _storage = storage;
        _waiting = waits ? new Spool() : null;
        _limit = limit;
        this._csvPath = csvPath;
        this._maxRate = maxRate;
        if (csvPath is not null && !waits)
            AtomicFile.Delete(csvPath, storage);
    }

    /// <summary>Rows taken.</summary>
    public long Accepted { get; private set; }

    /// <summary>Rows refused.</summary>
    public long Rejected { get; private set; }

    /// <summary>Line of the row that a reader of <see cref="Dataset"/> has just handed out; 0 where there is none.</summary>
    public long CurrentLine
    {
        get
        {
            lock (_state)
                return _currentLine;
        }
    }

    /// <summary>Is told each rejected row's file, line and reason; null for nobody.</summary>
    public Action<string, long, string>? Told { get; set; }

    /// <summary>Counts rows that were taken, for readers that keep no line numbers.</summary>
    /// <param name="rows">how many</param>
    public void Accept(long rows = 1)
    {
        lock (_state)
        {
            Accepted += rows;
            _currentLine = 0;
        }
    }

    /// <summary>
    /// Rejects a row. When it is the row that a reader of <see cref="Dataset"/> has just handed out, which counts as accepted,
    /// it changes sides.
    /// </summary>
    /// <param name="file">file of the row</param>
    /// <param name="line">physical line on which the row begins, from 1</param>
    /// <param name="reason">what is wrong, in a few words</param>
    /// <exception cref="Diagnostics.UserErrorException">the list can't be written</exception>
    public void Add(string file, long line, string reason)
    {
        lock (_state)
        {
            if (_currentLine == line && _currentFile == file)
            {
                Accepted--;
                _currentLine = 0;
            }
            Rejected++;
            _first ??= string.Create(CultureInfo.InvariantCulture, $"{file} line {line}: {reason}");
            Write(file, line, reason);
            Told?.Invoke(file, line, reason);
        }
    }

    /// <summary>Rejects the row that a reader of <see cref="Dataset"/> has just handed out; its file and line are known here.</summary>
    /// <exception cref="InvalidOperationException">no row was handed out, or it was rejected already</exception>
    public void RejectCurrent(string reason)
    {
        lock (_state)
        {
            if (_currentLine == 0)
                throw new InvalidOperationException("no row has been handed out since the last rejection");
            Add(_currentFile, _currentLine, reason);
        }
    }

    /// <summary>Ends the run when too many rows were rejected; call it when all rows are read.</summary>
    /// <exception cref="Diagnostics.UserErrorException">the share of rejected rows is above the limit</exception>
    public void ThrowIfTooMany()
    {
        lock (_state)
        {
            long rows = Accepted + Rejected;
            if (Rejected <= _maxRate * rows)
                return;
            _writer?.Flush();
            Publish();
            CatalogueErrors.TooManyRejects(Rejected, rows, _maxRate, _first!, _csvPath, _limit);
        }
    }

    /// <summary>Puts the list of a log that waits in the earlier run's place; without rejected rows, there is none.</summary>
    /// <exception cref="Diagnostics.UserErrorException">it can't be written</exception>
    public void Publish()
    {
        lock (_state)
        {
            if (_waiting is null || _csvPath is null)
                return;
            _writer?.Flush();
            if (Rejected == 0)
            {
                AtomicFile.Delete(_csvPath, _storage);
                return;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_csvPath))!);
            AtomicFile.Write(_csvPath, _waiting.WriteTo, _storage);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_state)
        {
            _writer?.Dispose();
            _writer = null;
            _waiting?.Dispose();
        }
    }

    internal void AcceptRow(string file, long line)
    {
        lock (_state)
        {
            Accepted++;
            _currentFile = file;
            _currentLine = line;
        }
    }

    private void Write(string file, long line, string reason)
    {
        if (_csvPath is null)
            return;
        try
        {
            if (_writer is null && _waiting is not null)
            {
                _writer = new StreamWriter(_waiting, new UTF8Encoding(false)) { NewLine = "\n" };
                _writer.WriteLine("file,line,reason");
            }
            else if (_writer is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_csvPath))!);
                // Appends when the log goes on after it was disposed.
                _writer = new StreamWriter(_csvPath, append: true, new UTF8Encoding(false)) { NewLine = "\n" };
                if (Rejected == 1)
                    _writer.WriteLine("file,line,reason");
            }
            _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CsvText.Field(file)},{line},{CsvText.Field(CsvText.WithoutFormula(reason))}"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(_csvPath, failure);
        }
    }
}
