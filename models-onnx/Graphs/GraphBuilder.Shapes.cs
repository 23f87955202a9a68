namespace UniM2Rec.Models.Graphs;

/// <content>Operators that move or pick elements.</content>
public sealed partial class GraphBuilder
{
    /// <summary>Another shape; 0 keeps an axis, one −1 takes what is left.</summary>
    public Value Reshape(Value a, params long[] shape) => Apply("Reshape", [a, Integers(shape)]);

    /// <summary>Another shape, computed in the graph.</summary>
    public Value ReshapeTo(Value a, Value shape) => Apply("Reshape", [a, shape]);

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
