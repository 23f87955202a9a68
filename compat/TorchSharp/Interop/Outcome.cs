using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>What an operator returned: up to four values, to be taken exactly once.</summary>
internal unsafe struct Outcome
{
    public const int Capacity = 4;
    public NativeArgument First;
    public NativeArgument Second;
    public NativeArgument Third;
    public NativeArgument Fourth;

    public static implicit operator Tensor(Outcome outcome) => new(outcome.First.TensorHandle());

    public static implicit operator (Tensor, Tensor)(Outcome outcome) =>
        (new(outcome.First.TensorHandle()), new(outcome.Second.TensorHandle()));

    public static implicit operator (Tensor, Tensor, Tensor)(Outcome outcome) =>
        (new(outcome.First.TensorHandle()), new(outcome.Second.TensorHandle()), new(outcome.Third.TensorHandle()));

    public static implicit operator Tensor[](Outcome outcome)
    {
        nint* handles = (nint*)outcome.First.Payload;
        var tensors = new Tensor[outcome.First.Length];
        for (int i = 0; i < tensors.Length; i++) tensors[i] = new Tensor(handles[i]);
        NativeMethods.um_free((nint)handles);
        return tensors;
    }

    public static implicit operator bool(Outcome outcome) => outcome.First.Payload != 0;

    public static implicit operator long(Outcome outcome) => outcome.First.Payload;

    public static implicit operator double(Outcome outcome) =>
        outcome.First.Tag == ArgumentTag.Real ? BitConverter.Int64BitsToDouble(outcome.First.Payload) : outcome.First.Payload;
}
