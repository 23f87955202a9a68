using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>Turns the glue's status into the exception that OpenCvSharp throws.</summary>
internal static unsafe class NativeError
{
    /// <exception cref="OpenCVException">The native call failed; it carries OpenCV's own message and place.</exception>
    internal static void ThrowIfFailed(int status)
    {
        if (status == 0)
            return;
        NativeMethods.LastError(out var code, out var line, out var function, out var message, out var file);
        throw new OpenCVException((ErrorCode)code, Text(function), Text(message), Text(file), line);
    }

    private static string Text(byte* utf8) => Marshal.PtrToStringUTF8((nint)utf8) ?? "";
}
