using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>An argument as the native side reads it: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeArgument
{
    public ArgumentTag Tag;
    public int Length;
    public long Payload;

    public readonly nint TensorHandle() => (nint)Payload;
}
