using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number that an operator takes beside tensors: a boolean, an integer or a floating-point value.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ScalarType type, long integer, double real)
    {
        Type = type;
        Integer = integer;
        Real = real;
    }

    public ScalarType Type { get; }

    internal long Integer { get; }

    internal double Real { get; }

    internal bool IsBoolean => Type == ScalarType.Bool;

    internal bool IsIntegral => is_integral(Type);

    public static implicit operator Scalar(byte value) => OfInteger(ScalarType.Byte, value);

    public static implicit operator Scalar(sbyte value) => OfInteger(ScalarType.Int8, value);

    public static implicit operator Scalar(short value) => OfInteger(ScalarType.Int16, value);

    public static implicit operator Scalar(int value) => OfInteger(ScalarType.Int32, value);

    public static implicit operator Scalar(long value) => OfInteger(ScalarType.Int64, value);

    public static implicit operator Scalar(Half value) => OfReal(ScalarType.Float16, (double)value);

    public static implicit operator Scalar(float value) => OfReal(ScalarType.Float32, value);

    public static implicit operator Scalar(double value) => OfReal(ScalarType.Float64, value);

    public static implicit operator Scalar(bool value) => OfInteger(ScalarType.Bool, value ? 1 : 0);

    /// <summary>Holds no native memory here; the real package's scalars do.</summary>
    public void Dispose()
    {
    }

    private static Scalar OfInteger(ScalarType type, long value) => new(type, value, value);

    private static Scalar OfReal(ScalarType type, double value) => new(type, (long)value, value);
}
