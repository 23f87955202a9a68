using System.Runtime.CompilerServices;

namespace OpenCvSharp;

public partial class Mat
{
    /// <summary>Address of the first pixel; valid while this matrix lives.</summary>
    public IntPtr Data => Describe().Data;

    /// <summary>Address of the first pixel; valid while this matrix lives.</summary>
    public unsafe byte* DataPointer => (byte*)Describe().Data;

    /// <summary>Address of row <paramref name="i0"/>.</summary>
    public IntPtr Ptr(int i0)
    {
        var d = Describe();
        return d.Data + (nint)(i0 * d.Step);
    }

    /// <summary>Address of the element at row <paramref name="i0"/>, column <paramref name="i1"/>.</summary>
    public IntPtr Ptr(int i0, int i1)
    {
        var d = Describe();
        return d.Data + (nint)(i0 * d.Step) + (i1 * d.ElementSize);
    }

    /// <summary>The element at row <paramref name="i0"/>, column <paramref name="i1"/>; bounds are not checked.</summary>
    public unsafe ref T At<T>(int i0, int i1)
        where T : unmanaged
        => ref Unsafe.AsRef<T>((void*)Ptr(i0, i1));

    /// <summary>The value at row <paramref name="i0"/>, column <paramref name="i1"/>; bounds are not checked.</summary>
    public unsafe T Get<T>(int i0, int i1)
        where T : struct
        => Unsafe.ReadUnaligned<T>((void*)Ptr(i0, i1));

    /// <summary>Sets the value at row <paramref name="i0"/>, column <paramref name="i1"/>; bounds are not checked.</summary>
    public unsafe void Set<T>(int i0, int i1, T value)
        where T : struct
        => Unsafe.WriteUnaligned((void*)Ptr(i0, i1), value);

    /// <summary>All values as one span, or an empty span where rows are not continuous; valid while this matrix lives.</summary>
    public unsafe Span<T> AsSpan<T>()
        where T : unmanaged
    {
        var d = Describe();
        return d.IsContinuous != 0 ? new Span<T>((void*)d.Data, (int)d.Total * d.ElementSize / sizeof(T)) : [];
    }
}
