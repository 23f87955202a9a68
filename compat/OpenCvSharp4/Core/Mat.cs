namespace OpenCvSharp;

/// <summary>A dense matrix of pixels, [rows, columns] of one to many channels; disposing frees the native memory at once.</summary>
public partial class Mat : IDisposable
{
    internal Mat(MatHandle handle) => Handle = handle;

    /// <summary>An empty matrix, to be filled by a call that takes it as output.</summary>
    public Mat()
    {
        NativeError.ThrowIfFailed(NativeMethods.CreateEmptyMat(out var handle));
        Handle = handle;
    }

    /// <summary>A matrix of the given shape whose values are not set.</summary>
    public unsafe Mat(int rows, int cols, MatType type)
    {
        NativeError.ThrowIfFailed(NativeMethods.CreateMat(rows, cols, type.Value, null, out var handle));
        Handle = handle;
    }

    public Mat(Size size, MatType type)
        : this(size.Height, size.Width, type)
    {
    }

    /// <summary>A matrix of the given shape with every element set to <paramref name="s"/>.</summary>
    public unsafe Mat(int rows, int cols, MatType type, Scalar s)
    {
        NativeError.ThrowIfFailed(NativeMethods.CreateMat(rows, cols, type.Value, &s, out var handle));
        Handle = handle;
    }

    public Mat(Size size, MatType type, Scalar s)
        : this(size.Height, size.Width, type, s)
    {
    }

    /// <summary>A header over a part of <paramref name="m"/>; it shares the pixels.</summary>
    public Mat(Mat m, Rect roi)
    {
        ArgumentNullException.ThrowIfNull(m);
        NativeError.ThrowIfFailed(NativeMethods.Part(m.Live, roi, out var handle));
        Handle = handle;
        Handle.Pinned = m.Handle.Pinned?.Share();
    }

    /// <summary>Whether <see cref="Dispose()"/> was called.</summary>
    public bool IsDisposed => Handle.IsClosed;

    /// <summary>The native matrix, checked to be alive.</summary>
    internal MatHandle Live
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return Handle;
        }
    }

    private MatHandle Handle { get; }

    /// <summary>A header over memory that the caller keeps; nothing is copied. <paramref name="step"/> is in bytes a row, 0 = packed.</summary>
    public static Mat FromPixelData(int rows, int cols, MatType type, IntPtr data, long step = 0)
    {
        NativeError.ThrowIfFailed(NativeMethods.CreateMatOver(rows, cols, type.Value, data, step, out var handle));
        return new Mat(handle);
    }

    /// <summary>A header over an array, which stays pinned until the matrix and all parts of it are disposed; nothing is copied.</summary>
    public static Mat FromPixelData(int rows, int cols, MatType type, Array data, long step = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        var pinned = new PinnedArray(data);
        var status = NativeMethods.CreateMatOver(rows, cols, type.Value, pinned.Address, step, out var handle);
        if (status != 0)
            pinned.Release();
        NativeError.ThrowIfFailed(status);
        handle.Pinned = pinned;
        return new Mat(handle);
    }

    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>An optional matrix as a raw pointer; the caller keeps the matrix alive over the native call.</summary>
    internal static nint PointerOrZero(Mat? mat) => mat is null ? 0 : mat.Live.DangerousGetHandle();
}
