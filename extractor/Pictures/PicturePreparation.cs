using System.Buffers;
using OpenCvSharp;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// From a picture file to what an image encoder sees: decode, resize, crop, normalise, channels first. One instance a thread. Where a file
/// can't be used, the reason is returned and nothing is written.
/// </summary>
public sealed class PicturePreparation
{
    // A reduced decode (a box filter inside the JPEG transform) must leave at least this many pixels for each wanted one, unless the wanted
    // filter is a box itself.
    private const int ReductionHeadroom = 4;

    private readonly ImageSpec _spec;
    private readonly float[][] _values;
    private readonly Resampler _resampler = new();

    /// <summary>For one encoder's description.</summary>
    public PicturePreparation(ImageSpec spec)
    {
        _spec = spec;
        _values = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 256).Select(b => (float)((b * spec.Rescale - spec.Mean[c]) / spec.Std[c])).ToArray())];
    }

    /// <summary>Numbers a picture: 3 · size · size.</summary>
    public int Length => 3 * _spec.Size * _spec.Size;

    /// <summary>Reads a file and prepares it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">[3, size, size].</param>
    /// <returns>Null, or why the picture can't be used.</returns>
    public string? Prepare(string path, Span<float> destination)
    {
        byte[]? buffer = null;
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            int length = checked((int)RandomAccess.GetLength(file));
            buffer = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1));
            int read = 0;
            while (read < length && RandomAccess.Read(file, buffer.AsSpan(read, length - read), read) is var more and > 0)
                read += more;
            return PrepareBytes(buffer.AsSpan(0, read), destination);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return "the picture's file does not exist";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or OverflowException)
        {
            return $"the picture's file can't be read ({failure.Message})";
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Prepares an encoded picture.</summary>
    /// <returns>Null, or why the picture can't be used.</returns>
    public string? PrepareBytes(ReadOnlySpan<byte> encoded, Span<float> destination)
    {
        var header = PictureHeader.Read(encoded);
        if (header.Damage is not null)
            return header.Damage;
        try
        {
            using var picture = Cv2.ImDecode(encoded, Mode(header));
            if (picture.Empty())
                return "the picture can't be decoded";
            Resize(picture, destination);
            return null;
        }
        catch (OpenCVException failure)
        {
            return $"the picture can't be decoded ({failure.Message})";
        }
    }

    private unsafe void Resize(Mat picture, Span<float> destination)
    {
        var (width, height) = (picture.Cols, picture.Rows);
        int resizeTo = _spec.EffectiveResizeTo();
        var (targetWidth, targetHeight) = _spec.ResizeMode == ResizeMode.Stretch
            ? (resizeTo, resizeTo)
            : width <= height
                ? (resizeTo, Math.Max(resizeTo, (int)((long)resizeTo * height / width)))
                : (Math.Max(resizeTo, (int)((long)resizeTo * width / height)), resizeTo);
        int stride = checked((int)picture.Step());
        var pixels = new ReadOnlySpan<byte>((void*)picture.Data, checked((height - 1) * stride + width * 3));
        var planes = new NormalizedPlanes(destination[..Length], _spec.Size, _values, reversed: _spec.Channels == ChannelOrder.Rgb);
        _resampler.Resize(pixels, stride, new Resizing(width, height, targetWidth, targetHeight, _spec.Size, _spec.Interpolation), ref planes);
    }

    /// <summary>JPEG can be decoded to a half, a quarter or an eighth at a fraction of the cost.</summary>
    private ImreadModes Mode(PictureHeader header)
    {
        int shortest = Math.Min(header.Width, header.Height);
        int needed = _spec.EffectiveResizeTo() * (_spec.Interpolation == Interpolation.Area ? 1 : ReductionHeadroom);
        return (shortest / needed) switch
        {
            >= 8 => ImreadModes.ReducedColor8,
            >= 4 => ImreadModes.ReducedColor4,
            >= 2 => ImreadModes.ReducedColor2,
            _ => ImreadModes.Color,
        };
    }
}

/// <summary>Lays rows of interleaved bytes down as numbers, a channel after the other, as a model reads them.</summary>
/// <param name="destination">[3, size, size].</param>
/// <param name="size">Side in pixels.</param>
/// <param name="values">For each of the model's channels the number of each byte.</param>
/// <param name="reversed">Whether the model's channels are in the opposite order of the bytes.</param>
internal readonly ref struct NormalizedPlanes(Span<float> destination, int size, float[][] values, bool reversed) : Resampler.IRows
{
    private readonly Span<float> _destination = destination;

    /// <inheritdoc/>
    public void Take(int y, ReadOnlySpan<byte> row)
    {
        var (plane, last) = (size * size, reversed ? 2 : 0);
        ReadOnlySpan<float> first = values[last], second = values[1], third = values[2 - last];
        var a = _destination.Slice(last * plane + y * size, size);
        var b = _destination.Slice(plane + y * size, size);
        var c = _destination.Slice((2 - last) * plane + y * size, size);
        for (int x = 0, at = 0; x < a.Length; x++, at += 3)
        {
            a[x] = first[row[at]];
            b[x] = second[row[at + 1]];
            c[x] = third[row[at + 2]];
        }
    }
}
