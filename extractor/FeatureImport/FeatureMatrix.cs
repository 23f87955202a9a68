using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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

    /// <summary>Whether the file itself says of what type and width its numbers are, so that they can't be taken for others.</summary>
    bool SaysItsType => true;

    /// <summary>Which of several matrices of the file this is; "" where there is one only.</summary>
    string Part => "";

    /// <summary>Reads one row.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">[width].</param>
    void ReadRow(int row, Span<float> destination);

    /// <summary>Where a row stands, from 1: its line in a text file, its place elsewhere.</summary>
    long LineOf(int row) => row + 1L;
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

/// <summary>How the numbers of a matrix lie in bytes.</summary>
/// <param name="Begin">First byte.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Width">Numbers a row.</param>
/// <param name="Element">Type of a number.</param>
/// <param name="IsBigEndian">Whether a number's first byte is its greatest.</param>
internal readonly record struct MatrixLayout(long Begin, int Rows, int Width, MatrixElement Element, bool IsBigEndian = false)
{
    /// <summary>Numbers a row at most: far above any encoder's, and so few that no product with rows and bytes overflows.</summary>
    public const int MostWidth = 1 << 24;

    public int ElementBytes => Element switch { MatrixElement.Float16 => 2, MatrixElement.Float32 => 4, _ => 8 };

    public long Bytes => (long)Rows * Width * ElementBytes;

    /// <summary>Makes floats of numbers as they lie in the file; the bytes are changed where they are the other way round.</summary>
    public void Decode(Span<byte> bytes, Span<float> numbers)
    {
        if (Element == MatrixElement.Float32)
        {
            if (IsBigEndian)
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(bytes));
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(numbers);
        }
        else if (Element == MatrixElement.Float16)
        {
            if (IsBigEndian)
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, ushort>(bytes));
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), numbers);
        }
        else
        {
            if (IsBigEndian)
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ulong>(bytes), MemoryMarshal.Cast<byte, ulong>(bytes));
            TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(bytes), numbers);
        }
    }
}

/// <summary>Numbers row after row.</summary>
public sealed class RawMatrix : IFeatureMatrix
{
    private readonly ByteSource _bytes;
    private readonly MatrixLayout _layout;
    private readonly byte[] _buffer;

    internal RawMatrix(ByteSource bytes, MatrixLayout layout)
    {
        (_bytes, _layout) = (bytes, layout);
        _buffer = new byte[layout.Width * layout.ElementBytes];
    }

    /// <inheritdoc/>
    public string Source => _bytes.Name;

    /// <inheritdoc/>
    public int Rows => _layout.Rows;

    /// <inheritdoc/>
    public int Width => _layout.Width;

    /// <inheritdoc/>
    public bool SaysItsType { get; private init; } = true;

    /// <inheritdoc/>
    public string Part { get; internal init; } = "";

    /// <summary>Opens a file of little-endian numbers without a header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Number of rows that it must have.</param>
    /// <param name="width">Numbers a row; null where a published form says the type and the rows, so that the width follows.</param>
    /// <param name="element">Type of the numbers.</param>
    /// <exception cref="UserErrorException">The file is missing, or its size is not that of so many rows.</exception>
    public static RawMatrix OpenHeaderless(string path, int rows, int? width = null, MatrixElement element = MatrixElement.Float32)
    {
        var bytes = ByteSource.Of(path);
        var one = new MatrixLayout(0, rows, width ?? 1, element);
        if (rows >= 1 && bytes.Length > 0 && (width is null ? bytes.Length % one.Bytes == 0 && bytes.Length / one.Bytes <= MatrixLayout.MostWidth : bytes.Length == one.Bytes))
            return new(bytes, one with { Width = width ?? (int)(bytes.Length / one.Bytes) }) { SaysItsType = false };
        long length = bytes.Length;
        bytes.Dispose();
        throw new UserErrorException(
            $"{path} has {length:N0} bytes, but {Name(element)} features of {rows:N0} rows{(width is null ? " need a multiple of" : $" of {width} need")} {one.Bytes:N0}; {Fitting(length, one)}.");
    }

    /// <inheritdoc/>
    public void ReadRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        _bytes.ReadAt(_layout.Begin + (long)row * _buffer.Length, _buffer);
        _layout.Decode(_buffer, destination);
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>Rows of a matrix that lies column after column, turned round a block of rows at a time.</summary>
    internal static RawMatrix FromColumns(ByteSource bytes, MatrixLayout layout, string part)
    {
        const int blockBytes = 16 << 20;
        int block = Math.Clamp(blockBytes / (layout.Width * sizeof(float)), 1, Math.Max(1, layout.Rows));
        var spool = new Spool();
        float[] turned = new float[block * layout.Width], column = new float[block];
        byte[] read = new byte[block * layout.ElementBytes];
        for (int first = 0; first < layout.Rows; first += block)
        {
            int rows = Math.Min(block, layout.Rows - first);
            for (int c = 0; c < layout.Width; c++)
            {
                var bytesRead = read.AsSpan(0, rows * layout.ElementBytes);
                bytes.ReadAt(layout.Begin + ((long)c * layout.Rows + first) * layout.ElementBytes, bytesRead);
                layout.Decode(bytesRead, column);
                for (int r = 0; r < rows; r++)
                    turned[r * layout.Width + c] = column[r];
            }

            spool.Write(MemoryMarshal.AsBytes(turned.AsSpan(0, rows * layout.Width)));
        }

        string name = bytes.Name;
        bytes.Dispose();
        return new(ByteSource.Of(spool, name), new MatrixLayout(0, layout.Rows, layout.Width, MatrixElement.Float32)) { Part = part };
    }

    private static string Name(MatrixElement element) => element.ToString().ToLowerInvariant();

    private static string Fitting(long length, MatrixLayout tried)
    {
        var other = Enum.GetValues<MatrixElement>().Where(element => (tried with { Element = element }).Bytes == length).ToArray();
        return other.Length > 0 ? $"numbers of {Name(other[0])} would fit, so give --dtype {Name(other[0])} if they are" : "the file belongs to another item list, is cut short, or has a header or another type (--dtype)";
    }
}
