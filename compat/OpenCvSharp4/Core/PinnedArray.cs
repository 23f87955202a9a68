using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>A managed array held in place for native readers, counted because parts of a matrix share it.</summary>
internal sealed class PinnedArray
{
    private GCHandle handle;
    private int users = 1;

    internal PinnedArray(Array array) => handle = GCHandle.Alloc(array, GCHandleType.Pinned);

    internal nint Address => handle.AddrOfPinnedObject();

    internal PinnedArray Share()
    {
        Interlocked.Increment(ref users);
        return this;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
            handle.Free();
    }
}
