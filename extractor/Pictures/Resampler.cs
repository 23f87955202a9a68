using System.Runtime.Intrinsics;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// Resizes and crops a picture of three interleaved channels in two passes, rows first, with 8-bit results in between, as Pillow does. Keeps
/// its buffers; one a thread.
/// </summary>
internal sealed unsafe class Resampler
{
    private const int RowsAtOnce = 4;

    // Pixels are read and written as four bytes and rows in blocks of eight, a little past their ends.
    private const int Slack = 16;

    private byte[] _rows = [];
    private byte[] _line = [];
    private (int Source, int Target, int Offset, int Count, Interpolation Filter) _horizontalKey;
    private (int Source, int Target, int Offset, int Count, Interpolation Filter) _verticalKey;
    private ResampleTaps? _horizontal;
    private ResampleTaps? _vertical;

    /// <summary>Takes the rows of the result, from the first to the last.</summary>
    public interface IRows
    {
        /// <summary>Takes a row.</summary>
        /// <param name="y">Its number.</param>
        /// <param name="row">[size, 3]; overwritten afterwards.</param>
        void Take(int y, ReadOnlySpan<byte> row);
    }

    /// <summary>Resizes [height, width, 3] and hands out the central square of the result.</summary>
    /// <param name="source">Pixels; a row begins every <paramref name="stride"/> bytes.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="resizing">From which size to which.</param>
    /// <param name="rows">Takes the square.</param>
    public void Resize<TRows>(ReadOnlySpan<byte> source, int stride, Resizing resizing, ref TRows rows)
        where TRows : IRows, allows ref struct
    {
        var (sourceWidth, sourceHeight, targetWidth, targetHeight, size, filter) = resizing;
        var horizontal = Taps(ref _horizontal, ref _horizontalKey, (sourceWidth, targetWidth, (targetWidth - size) / 2, size, filter));
        var vertical = Taps(ref _vertical, ref _verticalKey, (sourceHeight, targetHeight, (targetHeight - size) / 2, size, filter));
        var (firstRow, endRow) = (vertical.First.Min(), vertical.First.Zip(vertical.Counts, (first, count) => first + count).Max());
        int pitch = (size * 3 + Slack) & ~7;
        Grow(ref _rows, (endRow - firstRow) * pitch);
        Grow(ref _line, Math.Max(pitch, sourceWidth * 3 + Slack));
        fixed (byte* pixels = source, made = _rows, line = _line)
        {
            int y = firstRow;
            // The last row has nothing behind it that may be read.
            for (; y + RowsAtOnce < endRow; y += RowsAtOnce)
                ResizeFourRows(pixels + (long)y * stride, stride, horizontal, made + (long)(y - firstRow) * pitch, pitch);
            for (; y < endRow; y++)
            {
                source.Slice(y * stride, sourceWidth * 3).CopyTo(_line);
                ResizeRow(line, horizontal, made + (long)(y - firstRow) * pitch);
            }

            for (y = 0; y < size; y++)
            {
                CombineRows(made + (long)(vertical.First[y] - firstRow) * pitch, pitch, vertical.WeightsOf(y), line, size * 3);
                rows.Take(y, _line.AsSpan(0, size * 3));
            }
        }
    }

    private static ResampleTaps Taps(ref ResampleTaps? cached, ref (int, int, int, int, Interpolation) cachedKey, (int Source, int Target, int Offset, int Count, Interpolation Filter) key)
    {
        if (cached is null || cachedKey != key)
        {
            cached = ResampleTaps.Create(key.Source, key.Target, key.Offset, key.Count, key.Filter);
            cachedKey = key;
        }

        return cached;
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length + Slack)
            buffer = new byte[length + Slack];
    }

    private static void ResizeFourRows(byte* source, int stride, ResampleTaps taps, byte* destination, int pitch)
    {
        for (int x = 0; x < taps.First.Length; x++)
        {
            byte* from = source + taps.First[x] * 3;
            var (a, b, c, d) = (Half, Half, Half, Half);
            foreach (int weight in taps.WeightsOf(x))
            {
                var factor = Vector128.Create(weight);
                a += Pixel(from) * factor;
                b += Pixel(from + stride) * factor;
                c += Pixel(from + 2L * stride) * factor;
                d += Pixel(from + 3L * stride) * factor;
                from += 3;
            }

            byte* to = destination + x * 3;
            WritePixel(a, to);
            WritePixel(b, to + pitch);
            WritePixel(c, to + 2L * pitch);
            WritePixel(d, to + 3L * pitch);
        }
    }

    private static void ResizeRow(byte* source, ResampleTaps taps, byte* destination)
    {
        for (int x = 0; x < taps.First.Length; x++)
        {
            byte* from = source + taps.First[x] * 3;
            var sum = Half;
            foreach (int weight in taps.WeightsOf(x))
            {
                sum += Pixel(from) * weight;
                from += 3;
            }

            WritePixel(sum, destination + x * 3);
        }
    }

    private static void CombineRows(byte* rows, int pitch, ReadOnlySpan<int> weights, byte* destination, int count)
    {
        for (int i = 0; i < count; i += Vector256<int>.Count)
        {
            byte* from = rows + i;
            var sum = Vector256.Create(1 << (ResampleTaps.PrecisionBits - 1));
            foreach (int weight in weights)
            {
                sum += Vector256.WidenLower(Vector256.WidenLower(Vector256.CreateScalarUnsafe(*(ulong*)from).AsByte())).AsInt32() * weight;
                from += pitch;
            }

            var bytes = Vector256.Clamp(sum >> ResampleTaps.PrecisionBits, Vector256<int>.Zero, Vector256.Create(255));
            var shorts = Vector256.Narrow(bytes, bytes).AsUInt16();
            *(ulong*)(destination + i) = Vector256.Narrow(shorts, shorts).AsUInt64().ToScalar();
        }
    }

    private static Vector128<int> Half => Vector128.Create(1 << (ResampleTaps.PrecisionBits - 1));

    /// <summary>Three channels, and a byte of the next pixel that counts for nothing.</summary>
    private static Vector128<int> Pixel(byte* from) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(uint*)from).AsByte())).AsInt32();

    private static void WritePixel(Vector128<int> sum, byte* to)
    {
        var bytes = Vector128.Clamp(sum >> ResampleTaps.PrecisionBits, Vector128<int>.Zero, Vector128.Create(255));
        var shorts = Vector128.Narrow(bytes, bytes).AsUInt16();
        *(uint*)to = Vector128.Narrow(shorts, shorts).AsUInt32().ToScalar();
    }
}

/// <summary>One resize with the crop behind it, in pixels.</summary>
/// <param name="Width">Of the picture.</param>
/// <param name="Height">Of the picture.</param>
/// <param name="TargetWidth">Before the crop, at least <paramref name="Size"/>.</param>
/// <param name="TargetHeight">Before the crop, at least <paramref name="Size"/>.</param>
/// <param name="Size">Side of the square that is cut out of the middle.</param>
/// <param name="Filter">As in Pillow, it widens when a picture shrinks.</param>
internal readonly record struct Resizing(int Width, int Height, int TargetWidth, int TargetHeight, int Size, Interpolation Filter);
