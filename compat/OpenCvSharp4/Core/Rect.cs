using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>An upright rectangle in pixels; the right and bottom edges are not part of it.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct Rect(int X, int Y, int Width, int Height)
{
    public int X = X;

    public int Y = Y;

    public int Width = Width;

    public int Height = Height;

    public Rect(Point location, Size size)
        : this(location.X, location.Y, size.Width, size.Height)
    {
    }

    public readonly int Right => X + Width;

    public readonly int Bottom => Y + Height;
}
