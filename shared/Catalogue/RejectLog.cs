using System.Globalization;
using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Counts accepted and rejected rows and lists the rejected ones with line and reason, so that
/// accepted + rejected = rows read. Safe to use from several threads.
/// </summary>
public sealed class RejectLog : IDisposable
{
    private readonly string? csvPath;
    private readonly double maxRate;
    private readonly Lock state = new();
    private StreamWriter? writer;
    private string currentFile = "";
    private long currentLine;
    private string? first;

    /// <summary>Begins a log. The file is made with the first rejected row; one of an earlier run is deleted.</summary>
    /// <param name="csvPath">where rejected rows are listed, or null to count only</param>
    /// <param name="maxRate">largest share of rejected rows that <see cref="ThrowIfTooMany"/> lets pass, 0 to 1</param>
    /// <exception cref="Diagnostics.UserErrorException">an older file can't be deleted</exception>
    public RejectLog(string? csvPath, double maxRate = 0.01)
    {
        this.csvPath = csvPath;
        this.maxRate = maxRate;
        if (csvPath is null)
            return;
        try
        {
            if (File.Exists(csvPath))
                File.Delete(csvPath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(csvPath, failure);
        }
    }

    /// <summary>Rows taken.</summary>
    public long Accepted { get; private set; }

    /// <summary>Rows refused.</summary>
    public long Rejected { get; private set; }

    /// <summary>Counts a row that was taken, for readers that keep no line numbers.</summary>
    public void Accept()
    {
        lock (state)
        {
            Accepted++;
            currentLine = 0;
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
        lock (state)
        {
            if (currentLine == line && currentFile == file)
            {
                Accepted--;
                currentLine = 0;
            }
            Rejected++;
            first ??= string.Create(CultureInfo.InvariantCulture, $"{file} line {line}: {reason}");
            Write(file, line, reason);
        }
    }

    /// <summary>Rejects the row that a reader of <see cref="Dataset"/> has just handed out; its file and line are known here.</summary>
    /// <exception cref="InvalidOperationException">no row was handed out, or it was rejected already</exception>
    public void RejectCurrent(string reason)
    {
        lock (state)
        {
            if (currentLine == 0)
                throw new InvalidOperationException("no row has been handed out since the last rejection");
            Add(currentFile, currentLine, reason);
        }
    }

    /// <summary>Ends the run when too many rows were rejected; call it when all rows are read.</summary>
    /// <exception cref="Diagnostics.UserErrorException">the share of rejected rows is above the limit</exception>
    public void ThrowIfTooMany()
    {
        lock (state)
        {
            long rows = Accepted + Rejected;
            if (Rejected <= maxRate * rows)
                return;
            writer?.Flush();
            CatalogueErrors.TooManyRejects(Rejected, rows, maxRate, first!, csvPath);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (state)
        {
            writer?.Dispose();
            writer = null;
        }
    }

    internal void AcceptRow(string file, long line)
    {
        lock (state)
        {
            Accepted++;
            currentFile = file;
            currentLine = line;
        }
    }

    private void Write(string file, long line, string reason)
    {
        if (csvPath is null)
            return;
        try
        {
            if (writer is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(csvPath))!);
                // Appends when the log goes on after it was disposed.
                writer = new StreamWriter(csvPath, append: true, new UTF8Encoding(false)) { NewLine = "\n" };
                if (Rejected == 1)
                    writer.WriteLine("file,line,reason");
            }
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CsvText.Field(file)},{line},{CsvText.Field(reason)}"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(csvPath, failure);
        }
    }
}
