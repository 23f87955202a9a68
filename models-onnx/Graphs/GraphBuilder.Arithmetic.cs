namespace UniM2Rec.Models.Graphs;

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
