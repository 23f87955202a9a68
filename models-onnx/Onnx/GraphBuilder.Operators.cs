namespace UniM2Rec.Models.Onnx;

/// <content>Element-wise operators and reductions.</content>
public sealed partial class GraphBuilder
{
    /// <summary>a + b, broadcast.</summary>
    public Value Add(Value a, Value b) => Apply("Add", [a, b]);

    /// <summary>a − b, broadcast.</summary>
    public Value Sub(Value a, Value b) => Apply("Sub", [a, b]);

    /// <summary>a · b, broadcast.</summary>
    public Value Mul(Value a, Value b) => Apply("Mul", [a, b]);

    /// <summary>a / b, broadcast; towards zero for integers.</summary>
    public Value Div(Value a, Value b) => Apply("Div", [a, b]);

    /// <summary>Remainder of integers, with the divisor's sign.</summary>
    public Value Mod(Value a, Value b) => Apply("Mod", [a, b]);

    /// <summary>The larger of two, broadcast.</summary>
    public Value Max(Value a, Value b) => Apply("Max", [a, b]);

    /// <summary>The smaller of two, broadcast.</summary>
    public Value Min(Value a, Value b) => Apply("Min", [a, b]);

    /// <summary>Natural logarithm.</summary>
    public Value Log(Value a) => Apply("Log", [a]);

    /// <summary>Square root.</summary>
    public Value Sqrt(Value a) => Apply("Sqrt", [a]);

    /// <summary>|a|.</summary>
    public Value Abs(Value a) => Apply("Abs", [a]);

    /// <summary>max(a, 0).</summary>
    public Value Relu(Value a) => Apply("Relu", [a]);

    /// <summary>Hyperbolic tangent.</summary>
    public Value Tanh(Value a) => Apply("Tanh", [a]);

    /// <summary>Logistic function.</summary>
    public Value Sigmoid(Value a) => Apply("Sigmoid", [a]);

    /// <summary>Gauss error function.</summary>
    public Value Erf(Value a) => Apply("Erf", [a]);

    /// <summary>Another element type.</summary>
    public Value Cast(Value a, ElementType type) => a.Type == type ? a : Apply("Cast", [a], [("to", (long)type)], type);

    /// <summary>a &gt; b.</summary>
    public Value Greater(Value a, Value b) => Apply("Greater", [a, b], type: ElementType.Bool);

    /// <summary>Where the condition holds a, elsewhere b.</summary>
    public Value Where(Value condition, Value a, Value b) => Apply("Where", [condition, a, b], type: a.Type);

    /// <summary>Softmax along an axis.</summary>
    public Value Softmax(Value a, long axis) => Apply("Softmax", [a], [("axis", axis)]);

    /// <summary>Sum over axes.</summary>
    public Value ReduceSum(Value a, long[] axes, bool keep = true) => Apply("ReduceSum", [a, Integers(axes)], [("keepdims", keep ? 1 : 0)]);

    /// <summary>Mean over axes. The axes are an attribute up to opset 17.</summary>
    public Value ReduceMean(Value a, long[] axes, bool keep = true) => Apply("ReduceMean", [a], [("axes", axes), ("keepdims", keep ? 1 : 0)]);

    /// <summary>Euclidean norm over axes. The axes are an attribute up to opset 17.</summary>
    public Value ReduceL2(Value a, long[] axes, bool keep = true) => Apply("ReduceL2", [a], [("axes", axes), ("keepdims", keep ? 1 : 0)]);

    /// <summary>Vectors along the last axis at unit length times <paramref name="length"/>; a zero vector stays zero.</summary>
    public Value NormalizeLast(Value a, double length = 1)
    {
        var norm = Max(ReduceL2(a, [-1]), Scalar(1e-12, a.Type));
        return Mul(a, Div(Scalar(length, a.Type), norm));
    }
}

/// <content>Matrix products, convolutions and the layers made of them.</content>
public sealed partial class GraphBuilder
{
    /// <summary>Matrix product over the last two axes, broadcast over the others.</summary>
    public Value MatMul(Value a, Value b) => Apply("MatMul", [a, b]);

    /// <summary>2-d convolution of [n, in, h, w] with [out, in/groups, kh, kw]; the same padding on all four sides.</summary>
    public Value Conv(Value a, Value weight, Value? bias = null, long stride = 1, long padding = 0, long groups = 1)
    {
        NodeAttribute[] attributes = [("strides", [stride, stride]), ("pads", [padding, padding, padding, padding]), ("group", groups)];
        return bias is { } b ? Apply("Conv", [a, weight, b], attributes) : Apply("Conv", [a, weight], attributes);
    }

    /// <summary>Mean over squares of <paramref name="size"/> pixels, one every <paramref name="stride"/> pixels.</summary>
    public Value AveragePool(Value a, long size, long stride) =>
        Apply("AveragePool", [a], [("kernel_shape", [size, size]), ("strides", [stride, stride])]);

    /// <summary>Largest value of squares of <paramref name="size"/> pixels.</summary>
    public Value MaxPool(Value a, long size, long stride, long padding) =>
        Apply("MaxPool", [a], [("kernel_shape", [size, size]), ("strides", [stride, stride]), ("pads", [padding, padding, padding, padding])]);

    /// <summary>Layer normalisation over the last axis (opset 17).</summary>
    public Value LayerNormalization(Value a, Value scale, Value bias, float epsilon) =>
        Apply("LayerNormalization", [a, scale, bias], [("axis", -1L), ("epsilon", epsilon)]);

    /// <summary>Elements between two bounds.</summary>
    public Value Clip(Value a, double low, double high) => Apply("Clip", [a, Scalar(low, a.Type), Scalar(high, a.Type)]);
}

/// <content>Operators that move or pick elements.</content>
public sealed partial class GraphBuilder
{
    /// <summary>Another shape; 0 keeps an axis, one −1 takes what is left.</summary>
    public Value Reshape(Value a, params long[] shape) => Apply("Reshape", [a, Integers(shape)]);

    /// <summary>Axes in another order.</summary>
    public Value Transpose(Value a, params long[] order) => Apply("Transpose", [a], [("perm", order)]);

    /// <summary>Values one after the other along an axis.</summary>
    public Value Concat(long axis, params ReadOnlySpan<Value> parts) => Apply("Concat", parts, [("axis", axis)]);

    /// <summary>Slices of <paramref name="data"/> picked by index.</summary>
    public Value Gather(Value data, Value indices, long axis = 0) => Apply("Gather", [data, indices], [("axis", axis)]);

    /// <summary>New axes of length 1.</summary>
    public Value Unsqueeze(Value a, params long[] axes) => Apply("Unsqueeze", [a, Integers(axes)]);

    /// <summary>Axes of length 1 taken away.</summary>
    public Value Squeeze(Value a, params long[] axes) => Apply("Squeeze", [a, Integers(axes)]);

    /// <summary>Elements [start, end) along one axis.</summary>
    public Value Slice(Value a, long axis, long start, long end) =>
        Apply("Slice", [a, Integers(start), Integers(end), Integers(axis)]);

    /// <summary>The shape as an int64 vector.</summary>
    public Value Shape(Value a) => Apply("Shape", [a], type: ElementType.Int64);

    /// <summary>Repeats along axes of length 1 up to a shape computed in the graph.</summary>
    public Value Expand(Value a, Value shape) => Apply("Expand", [a, shape]);
}
