namespace OpenCvSharp;

public partial class Mat
{
    /// <summary>A header over the part <paramref name="roi"/>; setting copies the given matrix into that part.</summary>
    public Mat this[Rect roi]
    {
        get => SubMat(roi);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            using var part = SubMat(roi);
            if (part.Type() != value.Type() || part.Size() != value.Size())
                throw new ArgumentException("Dimension/Type mismatch");
            value.CopyTo(part);
        }
    }

    /// <summary>A header over a part, ends exclusive; it shares the pixels.</summary>
    /// <exception cref="ArgumentException">A start is not before its end.</exception>
    public Mat SubMat(int rowStart, int rowEnd, int colStart, int colEnd)
    {
        if (rowStart >= rowEnd)
            throw new ArgumentException("rowStart >= rowEnd");
        if (colStart >= colEnd)
            throw new ArgumentException("colStart >= colEnd");
        return new Mat(this, new Rect(colStart, rowStart, colEnd - colStart, rowEnd - rowStart));
    }

    /// <summary>A header over a part; it shares the pixels.</summary>
    public Mat SubMat(Rect roi) => SubMat(roi.Y, roi.Y + roi.Height, roi.X, roi.X + roi.Width);

    /// <summary>A deep copy.</summary>
    public Mat Clone()
    {
        NativeError.ThrowIfFailed(NativeMethods.Clone(Live, out var handle));
        return new Mat(handle);
    }

    /// <summary>A deep copy of a part.</summary>
    public Mat Clone(Rect roi)
    {
        using var part = new Mat(this, roi);
        return part.Clone();
    }

    /// <summary>Copies the pixels, where <paramref name="mask"/> is not zero if one is given.</summary>
    public void CopyTo(Mat m, InputArray? mask = null)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeError.ThrowIfFailed(NativeMethods.Copy(Live, m.Live, PointerOrZero(mask?.Mat)));
        GC.KeepAlive(mask);
    }

    /// <summary>Writes <c>value * alpha + beta</c> of every channel as another depth, saturated; channels stay.</summary>
    public void ConvertTo(OutputArray m, MatType rtype, double alpha = 1, double beta = 0)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeError.ThrowIfFailed(NativeMethods.Convert(Live, m.Mat.Live, rtype.Value, alpha, beta));
    }

    /// <summary>Sets every element, or those where <paramref name="mask"/> is not zero.</summary>
    public Mat SetTo(Scalar value, Mat? mask = null)
    {
        NativeError.ThrowIfFailed(NativeMethods.Set(Live, value, PointerOrZero(mask)));
        GC.KeepAlive(mask);
        return this;
    }
}
