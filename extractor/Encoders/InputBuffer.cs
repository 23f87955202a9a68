using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

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
        TensorElementType.Float16 when input.Role is not (InputRole.Ids or InputRole.Positions) => new InputBuffer<Half>(input),
        TensorElementType.Double => new InputBuffer<double>(input),
        TensorElementType.UInt8 when input.Role is InputRole.Pixels => new InputBuffer<byte>(input),
        TensorElementType.Bool when input.Role is InputRole.Mask or InputRole.HasText or InputRole.HasImage => new InputBuffer<byte>(input),
        _ => throw new UserErrorException($"{model}: input '{input.Name}' is of type {input.Type}, but int64, int32, float or double was expected, float16 for what is no id, or uint8 for a picture; export the model with one of these."),
    };

    /// <summary>Fills the buffer for some items of a window and wraps it as a tensor.</summary>
    /// <param name="window">The prepared items.</param>
    /// <param name="items">Which of them, in the order of the batch.</param>
    /// <param name="rows">Rows of the tensor; those after the items repeat the last one.</param>
    /// <param name="length">Ids a row, padding included.</param>
    public abstract OrtValue Fill(PreparedItems window, ReadOnlySpan<int> items, int rows, int length);
}

/// <summary>An <see cref="InputBuffer"/> of one element type.</summary>
internal sealed class InputBuffer<T>(SessionInput input) : InputBuffer(input)
    where T : unmanaged, INumber<T>
{
    private T[] _values = [];
    private T[] _planes = [];

    public override OrtValue Fill(PreparedItems window, ReadOnlySpan<int> items, int rows, int length)
    {
        var (stride, shape) = Input.Role switch
        {
            InputRole.Pixels when Input.IsChannelsLast => (window.PixelLength, new long[] { rows, window.PictureSide, window.PictureSide, 3 }),
            InputRole.Pixels => (window.PixelLength, [rows, 3, window.PictureSide, window.PictureSide]),
            InputRole.HasText or InputRole.HasImage => (1, [rows]),
            _ => (length, [rows, length]),
        };
        if (Input.Role == InputRole.Pixels && !Input.IsChannelsLast && rows == items.Length && typeof(T) == typeof(float) && window.PixelsSideBySide(items) is { IsEmpty: false } pixels)
            return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels, shape);
        if (_values.Length < rows * stride)
            _values = new T[rows * stride];
        for (int i = 0; i < rows; i++)
            FillRow(window, items[Math.Min(i, items.Length - 1)], _values.AsSpan(i * stride, stride));
        // ONNX Runtime has a half type of its own, of the same two bytes, and truth is a byte.
        return Input.Type switch
        {
            TensorElementType.Float16 => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Reinterpreted<Float16>(rows * stride), shape),
            TensorElementType.Bool => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Reinterpreted<bool>(rows * stride), shape),
            _ => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _values.AsMemory(0, rows * stride), shape),
        };
    }

    private Memory<TSame> Reinterpreted<TSame>(int count) => System.Runtime.CompilerServices.Unsafe.As<T[], TSame[]>(ref _values).AsMemory(0, count);

    private void FillRow(PreparedItems window, int item, Span<T> row)
    {
        int count = window.TokenCounts[item];
        switch (Input.Role)
        {
            case InputRole.Ids:
                Convert(window.TokenIds(item), row);
                row[count..].Fill(T.CreateTruncating(window.PaddingId));
                break;
            case InputRole.Mask:
                row[..count].Fill(T.One);
                row[count..].Clear();
                break;
            case InputRole.Weights:
                Convert(window.TokenWeights(item), row);
                row[count..].Clear();
                break;
            case InputRole.Positions:
                for (int i = 0; i < row.Length; i++)
                    row[i] = T.CreateTruncating(i);
                break;
            case InputRole.TokenTypes:
                row.Clear();
                break;
            case InputRole.Pixels when window.HasImage[item]:
                Convert(window.Pixels(item), row);
                if (Input.IsChannelsLast)
                    Interleave(row);
                break;
            case InputRole.Pixels:
                row.Clear();
                break;
            case InputRole.HasText:
                row[0] = window.HasText[item] ? T.One : T.Zero;
                break;
            default:
                row[0] = window.HasImage[item] ? T.One : T.Zero;
                break;
        }
    }

    /// <summary>From one channel behind the other to one pixel behind the other, in place.</summary>
    private void Interleave(Span<T> row)
    {
        if (_planes.Length < row.Length)
            _planes = new T[row.Length];
        row.CopyTo(_planes);
        int plane = row.Length / 3;
        for (int i = 0, to = 0; i < plane; i++, to += 3)
            (row[to], row[to + 1], row[to + 2]) = (_planes[i], _planes[plane + i], _planes[2 * plane + i]);
    }

    private static void Convert<TFrom>(ReadOnlySpan<TFrom> from, Span<T> to)
        where TFrom : unmanaged, INumber<TFrom>
    {
        if (typeof(TFrom) == typeof(T))
            MemoryMarshal.Cast<TFrom, T>(from).CopyTo(to);
        else
            TensorPrimitives.ConvertTruncating(from, to);
    }
}
