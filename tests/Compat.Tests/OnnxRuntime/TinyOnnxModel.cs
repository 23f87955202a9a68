using System.Runtime.InteropServices;
using System.Text;

namespace UniM2Rec.Tests.OnnxRuntime;

/// <summary>
/// The bytes of a model that computes <c>y = x W + b</c>, x [rows, 2], W [2, 3], written as protobuf fields by hand (onnx.proto's numbers).
/// </summary>
internal static class TinyOnnxModel
{
    private const int Float = 1;

    /// <summary>W = [[1, 2, 3], [4, 5, 6]], b = [0.5, -0.5, 10].</summary>
    public static byte[] Affine()
    {
        byte[] graph =
        [
            .. Message(1, Node("MatMul", ["x", "w"], "xw")),
            .. Message(1, Node("Add", ["xw", "b"], "y")),
            .. Message(2, Text("affine")),
            .. Message(5, Tensor("w", [2, 3], [1, 2, 3, 4, 5, 6])),
            .. Message(5, Tensor("b", [3], [0.5f, -0.5f, 10])),
            .. Message(11, Value("x", 2)),
            .. Message(12, Value("y", 3)),
        ];
        byte[] operators = Number(2, 17);
        return [.. Number(1, 8), .. Message(7, graph), .. Message(8, operators)];
    }

    private static byte[] Node(string type, string[] inputs, string output)
        => [.. inputs.SelectMany(input => Message(1, Text(input))), .. Message(2, Text(output)), .. Message(4, Text(type))];

    private static byte[] Tensor(string name, long[] shape, float[] values)
        => [
            .. shape.SelectMany(length => Number(1, length)),
            .. Number(2, Float),
            .. Message(8, Text(name)),
            .. Message(9, MemoryMarshal.AsBytes<float>(values).ToArray()),
        ];

    private static byte[] Value(string name, long width)
    {
        byte[] shape = [.. Message(1, Message(2, Text("rows"))), .. Message(1, Number(1, width))];
        byte[] tensor = [.. Number(1, Float), .. Message(2, shape)];
        return [.. Message(1, Text(name)), .. Message(2, Message(1, tensor))];
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Message(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
