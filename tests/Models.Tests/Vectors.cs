namespace UniM2Rec.Tests;

/// <summary>Plain vector arithmetic for expected values.</summary>
internal static class Vectors
{
    public static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return dot / Math.Sqrt(aa * bb);
    }

    public static double Length(ReadOnlySpan<float> a)
    {
        double sum = 0;
        foreach (float value in a)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }

    /// <summary>Equal to a share of the largest expected value.</summary>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double relative)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
        }

        Assert.True(difference <= relative * largest, $"differs by {difference:G3}, of {largest:G3} at most");
    }
}
