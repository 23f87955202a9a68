namespace OpenCvSharp;

/// <summary>
/// Drawing. A negative thickness fills; coordinates have <c>shift</c> fractional bits.
/// </summary>
public static partial class Cv2
{
    /// <summary>Draws a segment.</summary>
    public static void Line(
        InputOutputArray img, Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
        => NativeError.ThrowIfFailed(NativeMethods.Line(Target(img), pt1, pt2, color, thickness, (int)lineType, shift));

    /// <summary>Draws a rectangle between two opposite corners, both inclusive.</summary>
    public static void Rectangle(
        Mat img, Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
        => NativeError.ThrowIfFailed(NativeMethods.Rectangle(Target(img), pt1, pt2, color, thickness, (int)lineType, shift));

    /// <summary>Draws a rectangle of the given width and height.</summary>
    public static void Rectangle(
        Mat img, Rect rect, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
        => NativeError.ThrowIfFailed(NativeMethods.Rectangle(Target(img), rect, color, thickness, (int)lineType, shift));

    /// <summary>Draws a circle.</summary>
    public static void Circle(
        InputOutputArray img, Point center, int radius, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
        => NativeError.ThrowIfFailed(NativeMethods.Circle(Target(img), center, radius, color, thickness, (int)lineType, shift));

    /// <summary>Draws an ellipse or an arc of it; angles in degrees, clockwise.</summary>
    public static void Ellipse(
        InputOutputArray img, Point center, Size axes, double angle, double startAngle, double endAngle, Scalar color,
        int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
        => NativeError.ThrowIfFailed(
            NativeMethods.Ellipse(Target(img), center, axes, angle, startAngle, endAngle, color, thickness, (int)lineType, shift));

    /// <summary>Fills the area that polygons bound; where they overlap an even number of times it stays unfilled.</summary>
    public static void FillPoly(
        Mat img, IEnumerable<IEnumerable<Point>> pts, Scalar color, LineTypes lineType = LineTypes.Link8, int shift = 0, Point? offset = null)
    {
        ArgumentNullException.ThrowIfNull(pts);
        var polygons = pts.Select(p => p.ToArray()).ToArray();
        var points = polygons.SelectMany(p => p).ToArray();
        var counts = Array.ConvertAll(polygons, p => p.Length);
        NativeError.ThrowIfFailed(
            NativeMethods.FillPolygons(Target(img), points, counts, counts.Length, color, (int)lineType, shift, offset ?? default));
    }

    private static MatHandle Target(InputOutputArray img)
    {
        ArgumentNullException.ThrowIfNull(img);
        return img.Mat.Live;
    }
}
