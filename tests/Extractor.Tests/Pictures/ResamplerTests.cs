using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Tests.Pictures;

public class ResamplerTests
{
    [Theory]
    [InlineData(Interpolation.Bilinear, 37, 53, 16, 20, 16)]
    [InlineData(Interpolation.Bilinear, 9, 7, 20, 16, 16)]
    [InlineData(Interpolation.Bicubic, 64, 31, 16, 22, 14)]
    [InlineData(Interpolation.Area, 60, 45, 15, 15, 15)]
    [InlineData(Interpolation.Nearest, 20, 30, 10, 10, 10)]
    public void Equals_a_plain_weighted_mean_in_double_precision_within_one_level(Interpolation filter, int width, int height, int targetWidth, int targetHeight, int size)
    {
        var random = new Random(5);
        int stride = width * 3 + 5;
        byte[] pixels = new byte[stride * height];
        random.NextBytes(pixels);
        var rows = new SquareRows(new byte[size * size * 3]);

        new Resampler().Resize(pixels, stride, new Resizing(width, height, targetWidth, targetHeight, size, filter), ref rows);

        byte[] square = rows.Pixels;

        var (left, top) = ((targetWidth - size) / 2, (targetHeight - size) / 2);
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    double sum = 0.0;
                    foreach (var (row, weightY) in Weights(filter, height, targetHeight, top + y))
                    {
                        foreach (var (column, weightX) in Weights(filter, width, targetWidth, left + x))
                            sum += weightX * weightY * pixels[row * stride + column * 3 + c];
                    }

                    // Two roundings: after the rows and at the end. Bicubic overshoots, and each pass is clamped.
                    if (filter == Interpolation.Bicubic)
                        sum = Math.Clamp(sum, 0, 255);
                    Assert.InRange(square[(y * size + x) * 3 + c] - sum, filter == Interpolation.Bicubic ? -14 : -1.001, filter == Interpolation.Bicubic ? 14 : 1.001);
                }
            }
        }
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    [InlineData(Interpolation.Area)]
    public void A_plain_colour_stays_as_it_is(Interpolation filter)
    {
        byte[] pixels = Enumerable.Repeat((byte)173, 41 * 29 * 3).ToArray();
        var rows = new SquareRows(new byte[16 * 16 * 3]);

        new Resampler().Resize(pixels, 41 * 3, new Resizing(41, 29, 22, 16, 16, filter), ref rows);

        Assert.All(rows.Pixels, value => Assert.Equal(173, value));
    }

    private readonly record struct SquareRows(byte[] Pixels) : Resampler.IRows
    {
        public void Take(int y, ReadOnlySpan<byte> row) => row.CopyTo(Pixels.AsSpan(y * row.Length));
    }

    private static IEnumerable<(int Source, double Weight)> Weights(Interpolation filter, int source, int target, int at)
    {
        double scale = (double)source / target;
        double center = (at + 0.5) * scale;
        if (filter == Interpolation.Nearest)
            return [((int)center, 1.0)];
        double widening = Math.Max(1, scale);
        var raw = Enumerable.Range(0, source).Select(s => (s, Kernel(filter, (s + 0.5 - center) / widening))).Where(w => w.Item2 != 0).ToArray();
        return raw.Select(w => (w.s, w.Item2 / raw.Sum(o => o.Item2)));
    }

    private static double Kernel(Interpolation filter, double x) => (filter, Math.Abs(x)) switch
    {
        (Interpolation.Area, _) => x > -0.5 && x <= 0.5 ? 1 : 0,
        (Interpolation.Bilinear, var d) => Math.Max(0, 1 - d),
        (_, < 1 and var d) => 1.5 * d * d * d - 2.5 * d * d + 1,
        (_, < 2 and var d) => -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2,
        _ => 0,
    };
}
