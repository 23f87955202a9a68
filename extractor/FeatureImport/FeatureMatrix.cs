using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Feature vectors that were computed elsewhere: [rows, width].</summary>
public interface IFeatureMatrix : IDisposable
{
    /// <summary>The file, for messages.</summary>
    string Source { get; }

    /// <summary>Number of rows.</summary>
    int Rows { get; }

    /// <summary>Numbers a row.</summary>
    int Width { get; }

    /// <summary>Reads one row.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">[width].</param>
    void ReadRow(int row, Span<float> destination);
}

/// <summary>Element types of matrices without a container of their own.</summary>
public enum MatrixElement
{
    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>IEEE double precision.</summary>
    Float64,
}

/// <summary>Little-endian numbers, row after row, from some byte of a file to its end.</summary>
public sealed class RawMatrix : IFeatureMatrix
{
    private readonly SafeFileHandle _file;
    private readonly long _begin;
    private readonly MatrixElement _element;
    private readonly byte[] _buffer;

    internal RawMatrix(SafeFileHandle file, string source, long begin, int rows, int width, MatrixElement element)
    {
        _file = file;
        _begin = begin;
        _element = element;
        Source = source;
        Rows = rows;
        Width = width;
        _buffer = new byte[width * SizeOf(element)];
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <summary>Opens a file of float32 numbers without a header. The width follows from the size where it is not given.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Number of rows that it must have.</param>
    /// <param name="width">Numbers a row, or null.</param>
    /// <exception cref="UserErrorException">The file is missing, or its size is not that of so many rows.</exception>
    public static RawMatrix OpenHeaderless(string path, int rows, int? width = null)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"feature file '{path}' does not exist; give a file of float32 numbers.");
        var file = File.OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        long unit = (long)rows * (width ?? 1) * sizeof(float);
        if (rows >= 1 && length > 0 && (width is null ? length % unit == 0 : length == unit))
            return new(file, path, 0, rows, width ?? checked((int)(length / unit)), MatrixElement.Float32);
        file.Dispose();
        throw new UserErrorException($"{path} has {length:N0} bytes, but float32 features of {rows:N0} rows{(width is null ? " need a multiple of" : $" of {width} need")} {unit:N0}; the file belongs to another item list, or is cut short.");
    }

    /// <summary>Bytes an element.</summary>
    public static int SizeOf(MatrixElement element) => element switch { MatrixElement.Float16 => 2, MatrixElement.Float32 => 4, _ => 8 };

    /// <inheritdoc/>
    public void ReadRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        long at = _begin + (long)row * _buffer.Length;
        for (int read = 0; read < _buffer.Length;)
        {
            int more = RandomAccess.Read(_file, _buffer.AsSpan(read), at + read);
            if (more == 0)
                throw new UserErrorException($"{Source} ended within row {row}; the file was changed while it was read.");
            read += more;
        }

        if (_element == MatrixElement.Float32)
            MemoryMarshal.Cast<byte, float>(_buffer).CopyTo(destination);
        else if (_element == MatrixElement.Float16)
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(_buffer), destination);
        else
            TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(_buffer), destination);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
