using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>A pixel of three bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Vec3b : IEquatable<Vec3b>
{
    public byte Item0;

    public byte Item1;

    public byte Item2;

    public Vec3b(byte item0, byte item1, byte item2) => (Item0, Item1, Item2) = (item0, item1, item2);

    public static bool operator ==(Vec3b a, Vec3b b) => a.Equals(b);

    public static bool operator !=(Vec3b a, Vec3b b) => !a.Equals(b);

    public readonly void Deconstruct(out byte item0, out byte item1, out byte item2) => (item0, item1, item2) = (Item0, Item1, Item2);

    public readonly bool Equals(Vec3b other) => Item0 == other.Item0 && Item1 == other.Item1 && Item2 == other.Item2;

    public override readonly bool Equals(object? obj) => obj is Vec3b other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Item0, Item1, Item2);
}
