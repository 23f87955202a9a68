namespace UniM2Rec.Models.Graphs;

/// <summary>Element types of ONNX tensors that the graphs here use; the values are those of onnx.proto's TensorProto.DataType.</summary>
public enum ElementType
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>32-bit signed integer.</summary>
    Int32 = 6,

    /// <summary>64-bit signed integer.</summary>
    Int64 = 7,

    /// <summary>Truth value, one byte.</summary>
    Bool = 9,

    /// <summary>16-bit floating point.</summary>
    Float16 = 10,
}
