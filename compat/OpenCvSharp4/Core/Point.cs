using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>A pixel's position, from the upper left corner.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct Point(int X, int Y)
{
    public int X = X;

    public int Y = Y;

    /// <summary>Truncates both to whole pixels.</summary>
    public Point(double x, double y)
        : this((int)x, (int)y)
    {
    }

    public static Point operator +(Point p1, Point p2) => new(p1.X + p2.X, p1.Y + p2.Y);

    public static Point operator -(Point p1, Point p2) => new(p1.X - p2.X, p1.Y - p2.Y);
}
