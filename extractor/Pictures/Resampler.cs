using System.Numerics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// Resizes and crops a picture of three interleaved channels in two passes, rows first, with 8-bit results in between, as Pillow does. Keeps
/// its buffers; one a thread.
/// </summary>
internal sealed class Resampler
{
    private byte[] _rows = [];
    private int[] _sums = [];
    private (int Source, int Target, int Offset, int Count, Interpolation Filter) _horizontalKey;
    private (int Source, int Target, int Offset, int Count, Interpolation Filter) _verticalKey;
    private ResampleTaps? _horizontal;
    private ResampleTaps? _vertical;

    /// <summary>Resizes [sourceHeight, sourceWidth, 3] to targetHeight × targetWidth and writes the central square of <paramref name="size"/>.</summary>
    /// <param name="source">Pixels; a row begins every <paramref name="stride"/> bytes.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="sourceWidth">Pixels.</param>
    /// <param name="sourceHeight">Pixels.</param>
    /// <param name="targetWidth">Pixels before the crop, at least <paramref name="size"/>.</param>
    /// <param name="targetHeight">Pixels before the crop, at least <paramref name="size"/>.</param>
    /// <param name="size">Side of the square, in pixels.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="destination">[size, size, 3].</param>
    public void Resize(
        ReadOnlySpan<byte> source, int stride, int sourceWidth, int sourceHeight, int targetWidth, int targetHeight, int size, Interpolation filter, Span<byte> destination)
    {
        var horizontal = Taps(ref _horizontal, ref _horizontalKey, (sourceWidth, targetWidth, (targetWidth - size) / 2, size, filter));
        var vertical = Taps(ref _vertical, ref _verticalKey, (sourceHeight, targetHeight, (targetHeight - size) / 2, size, filter));
        var firstRow = vertical.First[0];
        var endRow = vertical.First[size - 1] + vertical.Counts[size - 1];
        var rowBytes = size * 3;
        if (_rows.Length < (endRow - firstRow) * rowBytes)
            _rows = new byte[(endRow - firstRow) * rowBytes];
        for (var y = firstRow; y < endRow; y++)
            ResizeRow(source.Slice(y * stride, sourceWidth * 3), horizontal, _rows.AsSpan((y - firstRow) * rowBytes, rowBytes));
        if (_sums.Length < rowBytes)
            _sums = new int[rowBytes];
        for (var y = 0; y < size; y++)
            CombineRows(vertical, y, firstRow, rowBytes, destination.Slice(y * rowBytes, rowBytes));
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

    private static void ResizeRow(ReadOnlySpan<byte> source, ResampleTaps taps, Span<byte> destination)
    {
        const int half = 1 << (ResampleTaps.PrecisionBits - 1);
        for (var x = 0; x < taps.First.Length; x++)
        {
            var weights = taps.Weights.AsSpan(x * taps.Stride, taps.Counts[x]);
            var pixels = source.Slice(taps.First[x] * 3, weights.Length * 3);
            var (s0, s1, s2) = (half, half, half);
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = weights[k];
                s0 += pixels[3 * k] * weight;
                s1 += pixels[3 * k + 1] * weight;
                s2 += pixels[3 * k + 2] * weight;
            }

            destination[3 * x] = ToByte(s0);
            destination[3 * x + 1] = ToByte(s1);
            destination[3 * x + 2] = ToByte(s2);
        }
    }

    private void CombineRows(ResampleTaps taps, int y, int firstRow, int rowBytes, Span<byte> destination)
    {
        var sums = _sums.AsSpan(0, rowBytes);
        sums.Fill(1 << (ResampleTaps.PrecisionBits - 1));
        for (var k = 0; k < taps.Counts[y]; k++)
            AddScaled(_rows.AsSpan((taps.First[y] + k - firstRow) * rowBytes, rowBytes), taps.Weights[y * taps.Stride + k], sums);
        for (var i = 0; i < sums.Length; i++)
            destination[i] = ToByte(sums[i]);
    }

    private static void AddScaled(ReadOnlySpan<byte> row, int weight, Span<int> sums)
    {
        var i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            AddScaled(a, weight, sums[i..]);
            AddScaled(b, weight, sums[(i + Vector<int>.Count)..]);
            AddScaled(c, weight, sums[(i + 2 * Vector<int>.Count)..]);
            AddScaled(d, weight, sums[(i + 3 * Vector<int>.Count)..]);
        }

        for (; i < row.Length; i++)
            sums[i] += row[i] * weight;
    }

    private static void AddScaled(Vector<uint> pixels, int weight, Span<int> sums) =>
        (new Vector<int>(sums) + Vector.AsVectorInt32(pixels) * weight).CopyTo(sums);

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResampleTaps.PrecisionBits, 0, 255);
}
