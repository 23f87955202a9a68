using Microsoft.Win32.SafeHandles;

namespace OpenCvSharp;

/// <summary>Owns one cv::Mat header; its pixels are counted by OpenCV and shared between headers.</summary>
internal sealed class MatHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <summary>The managed array under the pixels, if any; it stays in place until the last header over it is gone.</summary>
    internal PinnedArray? Pinned { get; set; }

    protected override bool ReleaseHandle()
    {
        NativeMethods.DeleteMat(handle);
        Pinned?.Release();
        return true;
    }
}
