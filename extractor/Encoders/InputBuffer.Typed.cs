using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>An <see cref="InputBuffer"/> of one element type.</summary>
internal sealed class InputBuffer<T>(SessionInput input) : InputBuffer(input)
    where T : unmanaged, INumber<T>
{
    private T[] _values = [];

    public override OrtValue Fill(PreparedItems window, ReadOnlySpan<int> items, int rows, int length)
    {
        var (stride, shape) = Input.Role switch
        {
            InputRole.Pixels => (window.PixelLength, new long[] { rows, 3, window.PictureSide, window.PictureSide }),
            InputRole.HasText or InputRole.HasImage => (1, [rows]),
            _ => (length, [rows, length]),
        };
        if (Input.Role == InputRole.Pixels && rows == items.Length && typeof(T) == typeof(float) && window.PixelsSideBySide(items) is { IsEmpty: false } pixels)
            return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels, shape);
        if (_values.Length < rows * stride)
            _values = new T[rows * stride];
        for (var i = 0; i < rows; i++)
            FillRow(window, items[Math.Min(i, items.Length - 1)], _values.AsSpan(i * stride, stride));
        var memory = _values.AsMemory(0, rows * stride);
        // ONNX Runtime has a half type of its own, of the same two bytes.
        return typeof(T) == typeof(Half)
            ? OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Reinterpret(rows * stride), shape)
            : OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape);
    }

    private Memory<Float16> Reinterpret(int count) => System.Runtime.CompilerServices.Unsafe.As<T[], Float16[]>(ref _values).AsMemory(0, count);

    private void FillRow(PreparedItems window, int item, Span<T> row)
    {
        var count = window.TokenCounts[item];
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
                for (var i = 0; i < row.Length; i++)
                    row[i] = T.CreateTruncating(i);
                break;
            case InputRole.TokenTypes:
                row.Clear();
                break;
            case InputRole.Pixels when window.HasImage[item]:
                Convert(window.Pixels(item), row);
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

    private static void Convert<TFrom>(ReadOnlySpan<TFrom> from, Span<T> to)
        where TFrom : unmanaged, INumber<TFrom>
    {
        if (typeof(TFrom) == typeof(T))
            MemoryMarshal.Cast<TFrom, T>(from).CopyTo(to);
        else
            TensorPrimitives.ConvertTruncating(from, to);
    }
}
