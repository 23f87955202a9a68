using OpenCvSharp;

namespace UniM2Rec.Tests.OpenCv;

public class ImageProcessingTests
{
    [Fact]
    public void Area_resize_averages_whole_blocks()
    {
        using var picture = Mat.FromPixelData(2, 4, MatType.CV_8UC1, new byte[] { 0, 10, 100, 100, 20, 30, 100, 104 });
        using var half = new Mat();

        Cv2.Resize(picture, half, new Size(2, 1), interpolation: InterpolationFlags.Area);

        Assert.Equal([15, 101], half.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Linear_resize_weighs_neighbours_by_distance_between_pixel_centres()
    {
        using var picture = Mat.FromPixelData(1, 2, MatType.CV_32FC1, new float[] { 0, 8 });
        using var doubled = new Mat();

        Cv2.Resize(picture, doubled, new Size(4, 1));

        // Output centre x sits at (x + 0.5) / 2 - 0.5 of the input: -0.25, 0.25, 0.75, 1.25.
        Assert.Equal([0f, 2f, 6f, 8f], doubled.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Resize_to_nothing_is_an_opencv_error()
    {
        using var empty = new Mat();
        using var result = new Mat();

        Assert.Throws<OpenCVException>(() => Cv2.Resize(empty, result, new Size(2, 2)));
    }

    [Fact]
    public void Colour_conversion_swaps_red_and_blue_in_place()
    {
        using var picture = new Mat(1, 2, MatType.CV_8UC3, new Scalar(1, 2, 3));

        Cv2.CvtColor(picture, picture, ColorConversionCodes.BGR2RGB);

        Assert.Equal([3, 2, 1, 3, 2, 1], picture.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Split_and_merge_are_inverse()
    {
        using var picture = Mat.FromPixelData(1, 2, MatType.CV_8UC3, new byte[] { 1, 2, 3, 4, 5, 6 });
        using var joined = new Mat();

        var planes = Cv2.Split(picture);
        Cv2.Merge(planes, joined);

        Assert.Equal(3, planes.Length);
        Assert.Equal([2, 5], planes[1].AsSpan<byte>().ToArray());
        Assert.Equal(picture.AsSpan<byte>().ToArray(), joined.AsSpan<byte>().ToArray());
        foreach (var plane in planes)
            plane.Dispose();
    }

    [Fact]
    public void Blur_keeps_the_mean_and_spreads_a_point_symmetrically()
    {
        using var point = new Mat(9, 9, MatType.CV_32FC1, Scalar.All(0));
        point.Set(4, 4, 1f);
        using var blurred = new Mat();

        Cv2.GaussianBlur(point, blurred, new Size(5, 5), 1);

        Assert.Equal(1f, blurred.AsSpan<float>().ToArray().Sum(), 1e-5f);
        Assert.Equal(Math.Exp(-0.5), blurred.At<float>(4, 5) / blurred.At<float>(4, 4), 1e-5);
        Assert.Equal(blurred.At<float>(4, 3), blurred.At<float>(5, 4), 1e-7f);
    }

    [Fact]
    public void Filled_shapes_cover_the_pixels_that_they_should()
    {
        Assert.Equal(3 * 4, Drawn(m => Cv2.Rectangle(m, new Rect(2, 2, 4, 3), Scalar.All(1), thickness: -1)));
        Assert.Equal(5 * 4, Drawn(m => Cv2.Rectangle(m, new Point(2, 2), new Point(6, 5), Scalar.All(1), thickness: -1)));
        Assert.Equal(7, Drawn(m => Cv2.Line(m, new Point(1, 3), new Point(7, 3), Scalar.All(1))));
        Point[][] triangle = [[new(0, 0), new(10, 0), new(0, 10)]];
        Assert.Equal(66, Drawn(m => Cv2.FillPoly(m, triangle, Scalar.All(1))));
        Assert.InRange(Drawn(m => Cv2.Circle(m, new Point(10, 10), 6, Scalar.All(1), thickness: -1)), 105, 135);
        Assert.InRange(Drawn(m => Cv2.Ellipse(m, new Point(10, 10), new Size(8, 4), 0, 0, 360, Scalar.All(1), thickness: -1)), 95, 130);
    }

    [Fact]
    public void Number_of_threads_can_be_set()
    {
        var before = Cv2.GetNumThreads();
        Cv2.SetNumThreads(1);
        Assert.Equal(1, Cv2.GetNumThreads());
        Cv2.SetNumThreads(before);
    }

    private static int Drawn(Action<Mat> draw)
    {
        using var canvas = new Mat(21, 21, MatType.CV_8UC1, Scalar.All(0));
        draw(canvas);
        return canvas.AsSpan<byte>().ToArray().Sum(value => value);
    }
}
