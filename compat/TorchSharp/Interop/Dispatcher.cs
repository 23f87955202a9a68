using System.Runtime.CompilerServices;

namespace TorchSharp.Interop;

/// <summary>
/// Calls operators. Arguments are laid out on the stack; nothing is allocated but the tensors returned. The objects
/// behind the arguments are kept alive until the call is over, so that no finalizer can release a tensor in use.
/// </summary>
internal static unsafe class Dispatcher
{
    [SkipLocalsInit]
    public static Outcome Call(Operator target, scoped in Argument a0)
    {
        NativeArgument* arguments = stackalloc NativeArgument[1];
        fixed (byte* p0 = &a0.List)
        {
            arguments[0] = a0.ToNative(p0);
            Outcome outcome = Run(target, arguments, 1);
            GC.KeepAlive(a0.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(Operator target, scoped in Argument a0, scoped in Argument a1)
    {
        NativeArgument* arguments = stackalloc NativeArgument[2];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            Outcome outcome = Run(target, arguments, 2);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2)
    {
        NativeArgument* arguments = stackalloc NativeArgument[3];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            Outcome outcome = Run(target, arguments, 3);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2, scoped in Argument a3)
    {
        NativeArgument* arguments = stackalloc NativeArgument[4];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        fixed (byte* p3 = &a3.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            arguments[3] = a3.ToNative(p3);
            Outcome outcome = Run(target, arguments, 4);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            GC.KeepAlive(a3.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2, scoped in Argument a3, scoped in Argument a4)
    {
        NativeArgument* arguments = stackalloc NativeArgument[5];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        fixed (byte* p3 = &a3.List)
        fixed (byte* p4 = &a4.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            arguments[3] = a3.ToNative(p3);
            arguments[4] = a4.ToNative(p4);
            Outcome outcome = Run(target, arguments, 5);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            GC.KeepAlive(a3.Owner);
            GC.KeepAlive(a4.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(
        Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2, scoped in Argument a3, scoped in Argument a4,
        scoped in Argument a5)
    {
        NativeArgument* arguments = stackalloc NativeArgument[6];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        fixed (byte* p3 = &a3.List)
        fixed (byte* p4 = &a4.List)
        fixed (byte* p5 = &a5.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            arguments[3] = a3.ToNative(p3);
            arguments[4] = a4.ToNative(p4);
            arguments[5] = a5.ToNative(p5);
            Outcome outcome = Run(target, arguments, 6);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            GC.KeepAlive(a3.Owner);
            GC.KeepAlive(a4.Owner);
            GC.KeepAlive(a5.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(
        Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2, scoped in Argument a3, scoped in Argument a4,
        scoped in Argument a5, scoped in Argument a6)
    {
        NativeArgument* arguments = stackalloc NativeArgument[7];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        fixed (byte* p3 = &a3.List)
        fixed (byte* p4 = &a4.List)
        fixed (byte* p5 = &a5.List)
        fixed (byte* p6 = &a6.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            arguments[3] = a3.ToNative(p3);
            arguments[4] = a4.ToNative(p4);
            arguments[5] = a5.ToNative(p5);
            arguments[6] = a6.ToNative(p6);
            Outcome outcome = Run(target, arguments, 7);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            GC.KeepAlive(a3.Owner);
            GC.KeepAlive(a4.Owner);
            GC.KeepAlive(a5.Owner);
            GC.KeepAlive(a6.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(
        Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2, scoped in Argument a3, scoped in Argument a4,
        scoped in Argument a5, scoped in Argument a6, scoped in Argument a7)
    {
        NativeArgument* arguments = stackalloc NativeArgument[8];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        fixed (byte* p3 = &a3.List)
        fixed (byte* p4 = &a4.List)
        fixed (byte* p5 = &a5.List)
        fixed (byte* p6 = &a6.List)
        fixed (byte* p7 = &a7.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            arguments[3] = a3.ToNative(p3);
            arguments[4] = a4.ToNative(p4);
            arguments[5] = a5.ToNative(p5);
            arguments[6] = a6.ToNative(p6);
            arguments[7] = a7.ToNative(p7);
            Outcome outcome = Run(target, arguments, 8);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            GC.KeepAlive(a3.Owner);
            GC.KeepAlive(a4.Owner);
            GC.KeepAlive(a5.Owner);
            GC.KeepAlive(a6.Owner);
            GC.KeepAlive(a7.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(
        Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2, scoped in Argument a3, scoped in Argument a4,
        scoped in Argument a5, scoped in Argument a6, scoped in Argument a7, scoped in Argument a8)
    {
        NativeArgument* arguments = stackalloc NativeArgument[9];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        fixed (byte* p3 = &a3.List)
        fixed (byte* p4 = &a4.List)
        fixed (byte* p5 = &a5.List)
        fixed (byte* p6 = &a6.List)
        fixed (byte* p7 = &a7.List)
        fixed (byte* p8 = &a8.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            arguments[3] = a3.ToNative(p3);
            arguments[4] = a4.ToNative(p4);
            arguments[5] = a5.ToNative(p5);
            arguments[6] = a6.ToNative(p6);
            arguments[7] = a7.ToNative(p7);
            arguments[8] = a8.ToNative(p8);
            Outcome outcome = Run(target, arguments, 9);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            GC.KeepAlive(a3.Owner);
            GC.KeepAlive(a4.Owner);
            GC.KeepAlive(a5.Owner);
            GC.KeepAlive(a6.Owner);
            GC.KeepAlive(a7.Owner);
            GC.KeepAlive(a8.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    public static Outcome Call(
        Operator target, scoped in Argument a0, scoped in Argument a1, scoped in Argument a2, scoped in Argument a3, scoped in Argument a4,
        scoped in Argument a5, scoped in Argument a6, scoped in Argument a7, scoped in Argument a8, scoped in Argument a9)
    {
        NativeArgument* arguments = stackalloc NativeArgument[10];
        fixed (byte* p0 = &a0.List)
        fixed (byte* p1 = &a1.List)
        fixed (byte* p2 = &a2.List)
        fixed (byte* p3 = &a3.List)
        fixed (byte* p4 = &a4.List)
        fixed (byte* p5 = &a5.List)
        fixed (byte* p6 = &a6.List)
        fixed (byte* p7 = &a7.List)
        fixed (byte* p8 = &a8.List)
        fixed (byte* p9 = &a9.List)
        {
            arguments[0] = a0.ToNative(p0);
            arguments[1] = a1.ToNative(p1);
            arguments[2] = a2.ToNative(p2);
            arguments[3] = a3.ToNative(p3);
            arguments[4] = a4.ToNative(p4);
            arguments[5] = a5.ToNative(p5);
            arguments[6] = a6.ToNative(p6);
            arguments[7] = a7.ToNative(p7);
            arguments[8] = a8.ToNative(p8);
            arguments[9] = a9.ToNative(p9);
            Outcome outcome = Run(target, arguments, 10);
            GC.KeepAlive(a0.Owner);
            GC.KeepAlive(a1.Owner);
            GC.KeepAlive(a2.Owner);
            GC.KeepAlive(a3.Owner);
            GC.KeepAlive(a4.Owner);
            GC.KeepAlive(a5.Owner);
            GC.KeepAlive(a6.Owner);
            GC.KeepAlive(a7.Owner);
            GC.KeepAlive(a8.Owner);
            GC.KeepAlive(a9.Owner);
            return outcome;
        }
    }

    [SkipLocalsInit]
    private static Outcome Run(Operator target, NativeArgument* arguments, int count)
    {
        Outcome outcome;
        int returned = NativeMethods.um_call(target.Handle, arguments, count, &outcome, Outcome.Capacity);
        if (returned < 0) throw NativeMethods.LastError();
        return outcome;
    }
}
