using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// For one axis: which source pixels make each wanted pixel, and with which weights. While shrinking, the filter widens by the factor of
/// shrinking; weights are integers over 2^22, as in Pillow (Resample.c), so that 8-bit results are the same.
/// </summary>
internal sealed class ResampleTaps
{
    /// <summary>Bits after the point of a weight.</summary>
    public const int PrecisionBits = 22;

    private readonly int[] _weights;
    private readonly int _stride;

    private ResampleTaps(int[] first, int[] counts, int[] weights, int stride)
    {
        First = first;
        Counts = counts;
        _weights = weights;
        _stride = stride;
    }

    /// <summary>First source pixel of each wanted pixel.</summary>
    public int[] First { get; }

    /// <summary>Number of source pixels of each wanted pixel.</summary>
    public int[] Counts { get; }

    /// <summary>The weights of a wanted pixel's source pixels.</summary>
    public ReadOnlySpan<int> WeightsOf(int wanted) => _weights.AsSpan(wanted * _stride, Counts[wanted]);

    /// <summary>Taps for the pixels <paramref name="offset"/> .. offset + count − 1 of an axis resized from <paramref name="source"/> to <paramref name="target"/> pixels.</summary>
    public static ResampleTaps Create(int source, int target, int offset, int count, Interpolation interpolation)
    {
        if (interpolation == Interpolation.Nearest)
            return Nearest(source, target, offset, count);
        double scale = (double)source / target;
        double widening = Math.Max(scale, 1);
        double support = Support(interpolation) * widening;
        int stride = (int)Math.Ceiling(support) * 2 + 1;
        var taps = new ResampleTaps(new int[count], new int[count], new int[count * stride], stride);
        double[] weights = new double[stride];
        for (int i = 0; i < count; i++)
        {
            double center = (offset + i + 0.5) * scale;
            int first = Math.Max((int)(center - support + 0.5), 0);
            int length = Math.Min((int)(center + support + 0.5), source) - first;
            double sum = 0.0;
            for (int k = 0; k < length; k++)
                sum += weights[k] = Filter(interpolation, (first + k - center + 0.5) / widening);
            for (int k = 0; k < length; k++)
            {
                double scaled = weights[k] / sum * (1 << PrecisionBits);
                taps._weights[i * stride + k] = (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
            }

            // While enlarging, the outermost weights are often zero.
            while (length > 1 && taps._weights[i * stride + length - 1] == 0)
                length--;

            taps.First[i] = first;
            taps.Counts[i] = length;
        }

        return taps;
    }

    private static ResampleTaps Nearest(int source, int target, int offset, int count)
    {
        int[] first = new int[count];
        for (int i = 0; i < count; i++)
            first[i] = Math.Min((int)((offset + i + 0.5) * source / target), source - 1);
        return new(first, [.. Enumerable.Repeat(1, count)], [.. Enumerable.Repeat(1 << PrecisionBits, count)], 1);
    }

    private static double Support(Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bilinear => 1,
        Interpolation.Bicubic => 2,
        _ => 0.5,
    };

    private static double Filter(Interpolation interpolation, double x)
    {
        const double a = -0.5;
        if (interpolation == Interpolation.Area)
            return x is > -0.5 and <= 0.5 ? 1 : 0;
        x = Math.Abs(x);
        if (interpolation == Interpolation.Bilinear)
            return x < 1 ? 1 - x : 0;
        if (x < 1)
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
