using System.Runtime.InteropServices;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing;

/// <summary>A file of little-endian float32 numbers without a header: rows after rows of one width.</summary>
public sealed class HeaderlessMatrix : IDisposable
{
    private readonly FileStream _file;
    private readonly string _path;

    private HeaderlessMatrix(FileStream file, string path, int rows, int width)
    {
        _file = file;
        _path = path;
        Rows = rows;
        Width = width;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Numbers a row.</summary>
    public int Width { get; }

    /// <summary>Opens a file whose number of rows is known; the width follows from the size.</summary>
    /// <exception cref="UserErrorException">The size is no whole number of rows.</exception>
    public static HeaderlessMatrix Open(string path, int rows, int? width = null)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"feature file '{path}' does not exist; give a file of float32 numbers.");
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        var expected = (long)rows * (width ?? 1) * sizeof(float);
        if (rows < 1 || file.Length == 0 || (width is null ? file.Length % expected != 0 : file.Length != expected))
        {
            var length = file.Length;
            file.Dispose();
            throw new UserErrorException($"{path} has {length:N0} bytes, but float32 features of {rows:N0} rows{(width is null ? " need a multiple of" : $" of {width} need")} {expected:N0}; the file belongs to another item list or is cut short.");
        }

        return new(file, path, rows, width ?? checked((int)(file.Length / expected)));
    }

    /// <summary>Reads the next rows; <paramref name="destination"/> holds whole rows.</summary>
    /// <exception cref="UserErrorException">A number is not finite.</exception>
    public void ReadRows(Span<float> destination)
    {
        _file.ReadExactly(MemoryMarshal.AsBytes(destination));
        foreach (var value in destination)
        {
            if (!float.IsFinite(value))
                throw new UserErrorException($"{_path} holds a number that is not finite before byte {_file.Position:N0}; the file is damaged or not float32.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
