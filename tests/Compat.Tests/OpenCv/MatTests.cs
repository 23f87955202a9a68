using OpenCvSharp;

namespace UniM2Rec.Tests.OpenCv;

public class MatTests
{
    [Fact]
    public void New_matrix_tells_its_shape_type_and_layout()
    {
        using var mat = new Mat(4, 6, MatType.CV_32FC3, new Scalar(1, 2, 3));

        Assert.Equal((4, 6, 2), (mat.Rows, mat.Cols, mat.Dims));
        Assert.Equal((6, 4), (mat.Width, mat.Height));
        Assert.Equal((3, MatType.CV_32F), (mat.Channels(), mat.Depth()));
        Assert.Equal((12, 4), (mat.ElemSize(), mat.ElemSize1()));
        Assert.Equal((72L, 24L), (mat.Step(), mat.Total()));
        Assert.True(mat.IsContinuous());
        Assert.Equal([1f, 2f, 3f], mat.AsSpan<float>()[^3..].ToArray());
    }

    [Fact]
    public void Empty_matrix_says_so()
    {
        using var mat = new Mat();

        Assert.True(mat.Empty());
        Assert.Equal(new Size(0, 0), mat.Size());
        Assert.Equal(IntPtr.Zero, mat.Data);
    }

    [Fact]
    public void Part_shares_pixels_and_is_not_continuous()
    {
        using var whole = new Mat(4, 4, MatType.CV_8UC1, Scalar.All(0));

        using (var part = whole[new Rect(1, 2, 2, 1)])
        {
            part.SetTo(Scalar.All(9));
            Assert.True(part.IsSubmatrix());
            Assert.Equal(4, part.Step());
        }
        using var column = whole.SubMat(0, 4, 1, 2);

        Assert.False(column.IsContinuous());
        Assert.True(column.AsSpan<byte>().IsEmpty);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 0, 0, 0, 0, 0], whole.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Part_outside_the_matrix_is_an_opencv_error()
    {
        using var mat = new Mat(4, 4, MatType.CV_8UC1);

        Assert.Throws<OpenCVException>(() => mat[new Rect(3, 3, 2, 2)]);
        Assert.Throws<ArgumentException>(() => mat.SubMat(2, 2, 0, 1));
    }

    [Fact]
    public void Clone_is_independent()
    {
        using var original = new Mat(2, 2, MatType.CV_8UC1, Scalar.All(5));
        using var clone = original.Clone();

        clone.Set<byte>(0, 1, 200);

        Assert.Equal([5, 5, 5, 5], original.AsSpan<byte>().ToArray());
        Assert.Equal([5, 200, 5, 5], clone.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Array_is_wrapped_not_copied()
    {
        byte[] pixels = [1, 2, 3, 4, 5, 6];
        using var mat = Mat.FromPixelData(2, 3, MatType.CV_8UC1, pixels);

        pixels[4] = 50;
        mat.Set<byte>(0, 0, 10);

        Assert.Equal(50, mat.Get<byte>(1, 1));
        Assert.Equal(10, pixels[0]);
    }

    [Fact]
    public void Conversion_scales_shifts_and_saturates()
    {
        using var bytes = Mat.FromPixelData(1, 3, MatType.CV_8UC1, new byte[] { 0, 100, 200 });
        using var floats = new Mat();
        using var saturated = new Mat();

        bytes.ConvertTo(floats, MatType.CV_32FC1, 0.5, -1);
        floats.ConvertTo(saturated, MatType.CV_8UC1, 4);

        Assert.Equal([-1f, 49f, 99f], floats.AsSpan<float>().ToArray());
        Assert.Equal([0, 196, 255], saturated.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Copy_follows_the_mask()
    {
        using var from = Mat.FromPixelData(1, 4, MatType.CV_8UC1, new byte[] { 1, 2, 3, 4 });
        using var mask = Mat.FromPixelData(1, 4, MatType.CV_8UC1, new byte[] { 1, 0, 0, 1 });
        using var to = new Mat(1, 4, MatType.CV_8UC1, Scalar.All(9));

        from.CopyTo(to, mask);

        Assert.Equal([1, 9, 9, 4], to.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Disposed_matrix_refuses_use()
    {
        var mat = new Mat(1, 1, MatType.CV_8UC1);
        mat.Dispose();
        mat.Dispose();

        Assert.True(mat.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => mat.Rows);
    }
}
