using static TorchSharp.torch;

namespace TorchSharp;

public static class TensorExtensionMethods
{
    /// <summary>The only element, converted.</summary>
    public static float ToSingle(this Tensor value) => value.ToScalar().ToSingle();

    public static double ToDouble(this Tensor value) => value.ToScalar().ToDouble();

    public static sbyte ToSByte(this Tensor value) => value.ToScalar().ToSByte();

    public static byte ToByte(this Tensor value) => value.ToScalar().ToByte();

    public static short ToInt16(this Tensor value) => value.ToScalar().ToInt16();

    public static int ToInt32(this Tensor value) => value.ToScalar().ToInt32();

    public static long ToInt64(this Tensor value) => value.ToScalar().ToInt64();

    public static bool ToBoolean(this Tensor value) => value.ToScalar().ToBoolean();

    public static Half ToHalf(this Tensor value) => value.ToScalar().ToHalf();

    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);
}
