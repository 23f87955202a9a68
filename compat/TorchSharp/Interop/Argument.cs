using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>
/// An operator's argument on the managed side: the value, the object that must outlive the call, and, for lists, the
/// memory to pin.
/// </summary>
internal readonly ref struct Argument
{
    private readonly object? _owner;
    private readonly ref readonly byte _list;
    private readonly long _payload;
    private readonly ArgumentTag _tag;
    private readonly int _length;

    private Argument(ArgumentTag tag, long payload, object? owner = null, int length = 0)
    {
        _tag = tag;
        _payload = payload;
        _owner = owner;
        _length = length;
    }

    private Argument(ArgumentTag tag, in byte list, int length, object? owner = null)
    {
        _tag = tag;
        _list = ref list;
        _length = length;
        _owner = owner;
    }

    public object? Owner => _owner;

    /// <summary>The first byte of a list, or a null reference.</summary>
    public ref readonly byte List => ref _list;

    /// <summary>The schema's own default.</summary>
    public static Argument Default => new(ArgumentTag.SchemaDefault, 0);

    public static Argument None => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe NativeArgument ToNative(byte* pinned) =>
        new() { Tag = _tag, Length = _length, Payload = pinned == null ? _payload : (long)pinned };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Argument(torch.Tensor? value) =>
        value is null ? default : new(ArgumentTag.Tensor, value.Handle, value);

    public static implicit operator Argument(long value) => new(ArgumentTag.Integer, value);

    public static implicit operator Argument(long? value) => value is { } given ? given : default(Argument);

    public static implicit operator Argument(double value) => new(ArgumentTag.Real, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(double? value) => value is { } given ? given : default(Argument);

    public static implicit operator Argument(bool value) => new(ArgumentTag.Boolean, value ? 1 : 0);

    public static implicit operator Argument(bool? value) => value is { } given ? given : default(Argument);

    public static implicit operator Argument(torch.ScalarType value) => (long)value;

    public static implicit operator Argument(torch.ScalarType? value) => value is { } given ? (long)given : default(Argument);

    public static implicit operator Argument(Scalar? value) => value switch
    {
        null => default,
        { IsBoolean: true } => value.Integer != 0,
        { IsIntegral: true } => value.Integer,
        _ => value.Real,
    };

    public static implicit operator Argument(torch.Device? value) =>
        value is null ? default : new(ArgumentTag.Device, value.index, null, (int)value.type);

    public static implicit operator Argument(torch.Generator? value) =>
        value is null ? default : new(ArgumentTag.Generator, value.Handle, value);

    public static implicit operator Argument(ReadOnlySpan<long> values) =>
        new(ArgumentTag.IntList, in FirstByte(values), values.Length);

    public static implicit operator Argument(long[]? values) => values is null ? default(Argument) : (ReadOnlySpan<long>)values;

    public static implicit operator Argument(ReadOnlySpan<double> values) =>
        new(ArgumentTag.RealList, in FirstByte(values), values.Length);

    public static implicit operator Argument(double[]? values) => values is null ? default(Argument) : (ReadOnlySpan<double>)values;

    public static implicit operator Argument(string? value)
    {
        if (value is null) return default;
        ReadOnlySpan<byte> bytes = System.Text.Encoding.UTF8.GetBytes(value + "\0");
        return new(ArgumentTag.Text, in FirstByte(bytes), bytes.Length - 1);
    }

    /// <summary>A list of tensors; <paramref name="handles"/> is the caller's buffer of the same length.</summary>
    public static Argument Tensors(IReadOnlyList<torch.Tensor> tensors, Span<nint> handles)
    {
        for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i].Handle;
        return new(ArgumentTag.TensorList, in FirstByte((ReadOnlySpan<nint>)handles), handles.Length, tensors);
    }

    /// <summary>The same, where null stands for "no tensor here".</summary>
    public static Argument OptionalTensors(IReadOnlyList<torch.Tensor?> tensors, Span<nint> handles)
    {
        for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i]?.Handle ?? 0;
        return new(ArgumentTag.OptionalTensorList, in FirstByte((ReadOnlySpan<nint>)handles), handles.Length, tensors);
    }

    // An empty list still needs an address that is not null.
    private static ref readonly byte FirstByte<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        if (values.IsEmpty) return ref Empty[0];
        return ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(values));
    }

    private static ReadOnlySpan<byte> Empty => [0, 0, 0, 0, 0, 0, 0, 0];
}
