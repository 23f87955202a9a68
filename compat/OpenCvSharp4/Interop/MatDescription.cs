using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>Everything about a cv::Mat header that callers ask for, read in one native call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MatDescription
{
    public int Rows, Cols, Dims, Type;
    public int ElementSize, ChannelSize;
    public int IsContinuous, IsSubmatrix;
    public long Step, Total;
    public nint Data;
}
