using Cloud.Unum.USearch;
using Serilog;

namespace UniM2Rec.Serving.Model;

/// <summary>A row of a matrix by its number.</summary>
internal delegate ReadOnlySpan<float> RowOf(int row);

/// <summary>Finds most of the rows of a matrix that have the largest products with a vector, without looking at all of them (HNSW, arXiv 1603.09320; USearch's).</summary>
internal sealed class HnswIndex : IDisposable
{
    private const ulong Connectivity = 16, ExpansionAdd = 64, ExpansionSearch = 64;
    /// <summary>Items between two looks at whether to stop; few enough that a slow machine stops within seconds.</summary>
    private const int Batch = 1 << 10;

    private readonly USearchIndex _index;

    /// <summary>The library has room for as many searches at a time as there are processors, and throws beyond.</summary>
    private readonly SemaphoreSlim _searching = new(Environment.ProcessorCount);

    private HnswIndex(USearchIndex index) => _index = index;

    /// <summary>Takes the index that is kept in a file, or builds it, and keeps it where the file can be written.</summary>
    /// <param name="path">The file; a record beside it tells what it was built from.</param>
    /// <param name="source">Fingerprint of the matrix.</param>
    /// <param name="matrix">Rows, width, and the row of a number.</param>
    /// <param name="log">Told of the building.</param>
    /// <param name="cancellation">Stops the building.</param>
    public static HnswIndex Open(string path, string source, (int Rows, int Width, RowOf Row) matrix, ILogger log, CancellationToken cancellation)
    {
        // A library in another language reads the file: it gets none but its own, byte for byte.
        if (IndexRecord.IsOf(path, source)) return new HnswIndex(new USearchIndex(path));
        var index = Build(path, matrix, log, cancellation);
        try
        {
            IndexRecord.Keep(path, source, index.Save);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or USearchException or UserErrorException)
        {
            log.Warning("The index can't be kept as {Path:l}, so that the next start builds it again ({Reason:l})", path, failure.Message);
        }

        return new HnswIndex(index);
    }

    /// <summary>The rows that were found, nearest first, about as many as are asked for.</summary>
    public int[] Nearest(float[] vector, int count)
    {
        _searching.Wait();
        try
        {
            int found = _index.Search(vector, count, out ulong[] keys, out float[] _);
            return [.. keys.Take(found).Select(key => (int)key)];
        }
        finally
        {
            _searching.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        _searching.Dispose();
    }

    private static USearchIndex Build(string path, (int Rows, int Width, RowOf Row) matrix, ILogger log, CancellationToken cancellation)
    {
        var index = new USearchIndex(MetricKind.Ip, ScalarKind.Float16, (ulong)matrix.Width, Connectivity, ExpansionAdd, ExpansionSearch, multi: false);
        try
        {
            int said = 0;
            for (int first = 0; first < matrix.Rows; first += Batch)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(Batch, matrix.Rows - first);
                index.Add([.. Enumerable.Range(first, count).Select(row => (ulong)row)], [.. Enumerable.Range(first, count).Select(row => matrix.Row(row).ToArray())]);
                int percent = (int)(100L * (first + count) / matrix.Rows);
                if (percent < said + 10) continue;
                said = percent;
                log.Information("Building {Name:l}: {Percent}% of {Rows:N0} items", Path.GetFileName(path), percent, matrix.Rows);
            }

            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }
}

/// <summary>What a kept index was built from, and its own checksum.</summary>
/// <param name="Source">Fingerprint of the matrix.</param>
/// <param name="File">The index.</param>
internal sealed record IndexRecord(string Source, ExportedFile File)
{
    /// <summary>Whether a file is the index of a matrix, byte for byte as it was kept.</summary>
    public static bool IsOf(string path, string source)
    {
        try
        {
            return FileKinds.Of(path) == FileKind.Regular && FileKinds.Of(PathOf(path)) == FileKind.Regular
                && KeptJson.Read<IndexRecord>(PathOf(path), "what an index was built from") is var kept && kept.Source == source && kept.File == ExportedFile.Of(path);
        }
        catch (Exception damaged) when (damaged is UserErrorException or System.Text.Json.JsonException)
        {
            return false; // built again
        }
    }

    /// <summary>Keeps an index: the record comes last, so that what was cut off is built again.</summary>
    public static void Keep(string path, string source, Action<string> save)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = AtomicFile.TemporaryName(path);
        try
        {
            save(temporary);
            System.IO.File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            System.IO.File.Delete(temporary);
        }

        AtomicFile.WriteText(PathOf(path), KeptJson.SerializeWithChecksum(new IndexRecord(source, ExportedFile.Of(path))));
    }

    private static string PathOf(string path) => path + ".json";
}
