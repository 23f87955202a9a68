using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>The memory behind one input, kept from batch to batch; the session reads it in place.</summary>
internal abstract class InputBuffer(SessionInput input)
{
    public SessionInput Input => input;

    /// <summary>Makes a buffer of the input's element type.</summary>
    /// <exception cref="UserErrorException">A type that no encoder is known to take.</exception>
    public static InputBuffer Create(SessionInput input, string model) => input.Type switch
    {
        TensorElementType.Int64 => new InputBuffer<long>(input),
        TensorElementType.Int32 => new InputBuffer<int>(input),
        TensorElementType.Float => new InputBuffer<float>(input),
        TensorElementType.Float16 => new InputBuffer<Half>(input),
        _ => throw new UserErrorException($"{model}: input '{input.Name}' is of type {input.Type}, but int64, int32, float or float16 was expected; export the model with one of these."),
    };

    /// <summary>Fills the buffer for some items of a window and wraps it as a tensor.</summary>
    /// <param name="window">The prepared items.</param>
    /// <param name="items">Which of them, in the order of the batch.</param>
    /// <param name="rows">Rows of the tensor; those after the items repeat the last one.</param>
    /// <param name="length">Ids a row, padding included.</param>
    public abstract OrtValue Fill(PreparedItems window, ReadOnlySpan<int> items, int rows, int length);
}
