namespace UniM2Rec.Models.Graphs;

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
