namespace OpenCvSharp;

public static partial class Cv2
{
    /// <summary>Reads a picture file; an empty matrix where it cannot be read or decoded.</summary>
    public static Mat ImRead(string fileName, ImreadModes flags = ImreadModes.Color)
    {
        if (string.IsNullOrEmpty(fileName))
            throw new ArgumentNullException(nameof(fileName));
        NativeError.ThrowIfFailed(NativeMethods.Read(fileName, (int)flags, out var handle));
        return new Mat(handle);
    }

    /// <summary>Decodes a picture file's bytes; an empty matrix where they cannot be decoded. A JPEG cut short decodes in part.</summary>
    public static Mat ImDecode(byte[] buf, ImreadModes flags)
    {
        ArgumentNullException.ThrowIfNull(buf);
        return ImDecode(new ReadOnlySpan<byte>(buf), flags);
    }

    /// <summary>Decodes a picture file's bytes; an empty matrix where they cannot be decoded. A JPEG cut short decodes in part.</summary>
    /// <exception cref="ArgumentException">There are no bytes.</exception>
    public static unsafe Mat ImDecode(ReadOnlySpan<byte> span, ImreadModes flags)
    {
        if (span.IsEmpty)
            throw new ArgumentException("Empty span", nameof(span));
        fixed (byte* bytes = span)
        {
            NativeError.ThrowIfFailed(NativeMethods.Decode(bytes, span.Length, (int)flags, out var handle));
            return new Mat(handle);
        }
    }

    /// <summary>Encodes a picture as the format of <paramref name="ext"/>; <paramref name="prms"/> are (flag, value) pairs.</summary>
    public static unsafe bool ImEncode(string ext, InputArray img, out byte[] buf, int[]? prms = null)
    {
        if (string.IsNullOrEmpty(ext))
            throw new ArgumentNullException(nameof(ext));
        ArgumentNullException.ThrowIfNull(img);
        prms ??= [];
        NativeError.ThrowIfFailed(
            NativeMethods.Encode(ext, img.Mat.Live, prms, prms.Length, out var bytes, out var data, out var length, out var done));
        try
        {
            buf = new ReadOnlySpan<byte>(data, checked((int)length)).ToArray();
        }
        finally
        {
            NativeMethods.DeleteBytes(bytes);
        }
        return done != 0;
    }

    /// <summary>Encodes a picture as the format of <paramref name="ext"/>.</summary>
    public static void ImEncode(string ext, InputArray img, out byte[] buf, params ImageEncodingParam[] prms)
        => ImEncode(ext, img, out buf, Pairs(prms));

    /// <summary>Writes a picture file in the format of its extension; <paramref name="prms"/> are (flag, value) pairs.</summary>
    public static bool ImWrite(string fileName, Mat img, int[]? prms = null)
    {
        if (string.IsNullOrEmpty(fileName))
            throw new ArgumentNullException(nameof(fileName));
        ArgumentNullException.ThrowIfNull(img);
        prms ??= [];
        NativeError.ThrowIfFailed(NativeMethods.Write(fileName, img.Live, prms, prms.Length, out var done));
        return done != 0;
    }

    /// <summary>Writes a picture file in the format of its extension.</summary>
    public static bool ImWrite(string fileName, Mat img, params ImageEncodingParam[] prms) => ImWrite(fileName, img, Pairs(prms));

    private static int[] Pairs(ImageEncodingParam[] prms)
    {
        ArgumentNullException.ThrowIfNull(prms);
        return prms.SelectMany(p => new[] { (int)p.EncodingId, p.Value }).ToArray();
    }
}
