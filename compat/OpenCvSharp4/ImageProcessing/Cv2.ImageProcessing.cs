namespace OpenCvSharp;

public static partial class Cv2
{
    /// <summary>Scales a picture to <paramref name="dsize"/>, or by <paramref name="fx"/> and <paramref name="fy"/> where that is empty.</summary>
    public static void Resize(
        InputArray src, OutputArray dst, Size dsize, double fx = 0, double fy = 0, InterpolationFlags interpolation = InterpolationFlags.Linear)
    {
        RequireBoth(src, dst);
        NativeError.ThrowIfFailed(NativeMethods.Resize(src.Mat.Live, dst.Mat.Live, dsize, fx, fy, (int)interpolation));
    }

    /// <summary>Converts colours; <paramref name="dstCn"/> 0 takes the number of channels from the code.</summary>
    public static void CvtColor(InputArray src, OutputArray dst, ColorConversionCodes code, int dstCn = 0)
    {
        RequireBoth(src, dst);
        NativeError.ThrowIfFailed(NativeMethods.ConvertColour(src.Mat.Live, dst.Mat.Live, (int)code, dstCn));
    }

    /// <summary>Smooths with a Gaussian; an empty kernel size takes it from the sigmas, and sigmaY 0 equals sigmaX.</summary>
    public static void GaussianBlur(
        InputArray src, OutputArray dst, Size ksize, double sigmaX, double sigmaY = 0, BorderTypes borderType = BorderTypes.Default)
    {
        RequireBoth(src, dst);
        NativeError.ThrowIfFailed(NativeMethods.GaussianBlur(src.Mat.Live, dst.Mat.Live, ksize, sigmaX, sigmaY, (int)borderType));
    }

    /// <summary>Copies each channel into a matrix of its own.</summary>
    public static unsafe void Split(Mat src, out Mat[] mv)
    {
        ArgumentNullException.ThrowIfNull(src);
        var planes = new Mat[src.Channels()];
        var pointers = new nint[planes.Length];
        for (var i = 0; i < planes.Length; i++)
        {
            planes[i] = new Mat();
            pointers[i] = Mat.PointerOrZero(planes[i]);
        }
        fixed (nint* p = pointers)
            NativeError.ThrowIfFailed(NativeMethods.Split(src.Live, p));
        mv = planes;
    }

    /// <summary>Copies each channel into a matrix of its own.</summary>
    public static Mat[] Split(Mat src)
    {
        Split(src, out var mv);
        return mv;
    }

    /// <summary>Joins single-channel matrices of one shape into a multi-channel one.</summary>
    public static unsafe void Merge(Mat[] mv, Mat dst)
    {
        ArgumentNullException.ThrowIfNull(mv);
        ArgumentNullException.ThrowIfNull(dst);
        if (mv.Length == 0)
            throw new ArgumentException("mv is empty", nameof(mv));
        var pointers = Array.ConvertAll(mv, m => Mat.PointerOrZero(m ?? throw new ArgumentException("mv contains null element")));
        fixed (nint* p = pointers)
            NativeError.ThrowIfFailed(NativeMethods.Merge(p, pointers.Length, dst.Live));
        GC.KeepAlive(mv);
    }

    /// <summary>Threads that OpenCV may use inside one call; 0 = none beside the caller's, negative = its default.</summary>
    public static void SetNumThreads(int nThreads) => NativeError.ThrowIfFailed(NativeMethods.SetThreads(nThreads));

    /// <summary>Threads that OpenCV may use inside one call.</summary>
    public static int GetNumThreads()
    {
        NativeError.ThrowIfFailed(NativeMethods.GetThreads(out var count));
        return count;
    }

    private static void RequireBoth(InputArray src, OutputArray dst)
    {
        ArgumentNullException.ThrowIfNull(src);
        ArgumentNullException.ThrowIfNull(dst);
    }
}
