namespace TorchSharp.Interop;

/// <summary>What an argument or a result of an operator holds; the same list as in native/glue.h.</summary>
internal enum ArgumentTag
{
    None = 0,
    Tensor = 1,
    Integer = 2,
    Real = 3,
    Boolean = 4,
    IntList = 5,
    RealList = 6,
    TensorList = 7,
    OptionalTensorList = 8,
    Text = 9,
    Device = 10,
    Generator = 11,
    SchemaDefault = 12,
}
