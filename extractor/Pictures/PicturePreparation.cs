using System.Security.Cryptography;
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
    private readonly PictureFiles _files;
    private readonly PictureDecoding _decoding;
    private readonly float[][] _values;
    private readonly Resampler _resampler = new();

    /// <summary>For one encoder's description.</summary>
    /// <param name="spec">What the encoder is to see.</param>
    /// <param name="files">Which files are read; null = any, of the standard size.</param>
    public PicturePreparation(ImageSpec spec, PictureFiles? files = null)
    {
        _spec = spec;
        _files = files ?? PictureFiles.Anywhere;
        _decoding = new PictureDecoding(spec.EffectiveBackground());
        _values = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 256).Select(b => (float)((b * spec.Rescale - spec.Mean[c]) / spec.Std[c])).ToArray())];
        // What can't be decoded is a reject with its reason; OpenCV would say it too, on the error stream, in several lines a picture.
        Cv2.SetLogLevel(LogLevel.SILENT);
    }

    /// <summary>
    /// A word for how pictures become pixels, apart from what encoders say of it. It changes with the pixels, and then features that were made before
    /// are stale: "2" composites transparency, knows ranges within 16 bits, and reduces nothing but JPEG while decoding.
    /// </summary>
    public const string Version = "2";

    /// <summary>Numbers a picture: 3 · size · size.</summary>
    public int Length => 3 * _spec.Size * _spec.Size;

    /// <summary>Reads a file and prepares it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">[3, size, size].</param>
    /// <returns>Null, or why the picture can't be used.</returns>
    public string? Prepare(string path, Span<float> destination) => Prepare(path, destination, hash: []);

    /// <summary>Reads a file, prepares it, and gives the hash of just these bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">[3, size, size].</param>
    /// <param name="hash">Takes the first half of the SHA-256 of the file, where it could be read; may be empty.</param>
    /// <returns>Null, or why the picture can't be used.</returns>
    public string? Prepare(string path, Span<float> destination, Span<byte> hash)
    {
        string? problem = _files.Read(path, out var bytes);
        try
        {
            if (problem is null && !hash.IsEmpty)
            {
                Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
                SHA256.HashData(bytes, whole);
                whole[..hash.Length].CopyTo(hash);
            }

            return problem ?? PrepareBytes(bytes, destination);
        }
        finally
        {
            PictureFiles.Return(bytes);
        }
    }

    /// <summary>Prepares an encoded picture.</summary>
    /// <returns>Null, or why the picture can't be used.</returns>
    public string? PrepareBytes(ReadOnlySpan<byte> encoded, Span<float> destination)
    {
        var header = PictureHeader.Read(encoded);
        if (header.Problem is not null)
            return header.Problem;
        if (header.Pixels > _files.Limits.Pixels)
            return $"the picture declares {header.Width:N0} x {header.Height:N0} pixels, more than the {_files.Limits.Pixels:N0} that are allowed (maxPicturePixels)";
        if (header.FindDamage(encoded) is { } found)
            return found;
        try
        {
            using var picture = _decoding.Decode(encoded, header, Reduction(header), out string? damage);
            if (picture is not null)
                Resize(picture, destination);
            return damage;
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
    private int Reduction(PictureHeader header)
    {
        long shortest = Math.Min(header.Width, header.Height);
        int needed = _spec.EffectiveResizeTo() * (_spec.Interpolation == Interpolation.Area ? 1 : ReductionHeadroom);
        return (shortest / needed) switch
        {
            >= 8 => 8,
            >= 4 => 4,
            >= 2 => 2,
            _ => 1,
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
