using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>An ATen operator, looked up at its first call.</summary>
internal sealed class Operator(string name, string overload = "")
{
    private nint _handle;

    public nint Handle => _handle != 0 ? _handle : Find();

    private nint Find()
    {
        _handle = NativeMethods.um_operator("aten::" + name, overload);
        if (_handle == 0) throw NativeMethods.LastError();
        return _handle;
    }
}
