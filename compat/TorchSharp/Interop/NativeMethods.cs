using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The C interface of libUniM2RecTorch (native/*.cpp).</summary>
internal static unsafe partial class NativeMethods
{
    public const string Library = "UniM2RecTorch";

    /// <summary>The error that the last failed call on this thread left, as the exception the real package throws.</summary>
    public static ExternalException LastError() => new(Marshal.PtrToStringUTF8(um_last_error()));

    public static void Check(int status)
    {
        if (status < 0) throw LastError();
    }

    public static torch.Tensor Check(nint tensor) => tensor != 0 ? new torch.Tensor(tensor) : throw LastError();

    [LibraryImport(Library)]
    private static partial nint um_last_error();

    [LibraryImport(Library)]
    public static partial void um_remember_error(byte* message);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint um_operator(string name, string overload);

    [LibraryImport(Library)]
    public static partial int um_call(nint target, NativeArgument* arguments, int count, Outcome* results, int capacity);

    [LibraryImport(Library)]
    public static partial void um_free(nint memory);
}
