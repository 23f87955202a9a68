using UniM2Rec.Models.Numerics;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>Mean and spread of every image feature over made-up pictures.</summary>
/// <param name="Mean">mean of each feature</param>
/// <param name="InverseDeviation">1 / standard deviation of each feature</param>
internal sealed record ImageCalibration(float[] Mean, float[] InverseDeviation)
{
    private const int Pictures = 160;
    private const double SmallestDeviation = 0.01;   // a feature that hardly ever moves must not be blown up

    /// <summary>Draws the pictures and measures them; always the same.</summary>
    public static ImageCalibration Measure()
    {
        var random = new RandomNumbers(0x1CEB00DA);
        double[] sum = new double[ImageStatisticsLayout.FeatureCount];
        double[] squares = new double[sum.Length];
        for (int picture = 0; picture < Pictures; picture++)
        {
            float[] features = ImageStatistics.Compute(DeadLeaves.Draw(ImageStatisticsLayout.Side, random));
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += features[i];
                squares[i] += (double)features[i] * features[i];
            }
        }

        float[] mean = Array.ConvertAll(sum, s => (float)(s / Pictures));
        float[] inverse = new float[sum.Length];
        for (int i = 0; i < sum.Length; i++)
        {
            double variance = squares[i] / Pictures - (double)mean[i] * mean[i];
            inverse[i] = (float)(1 / Math.Max(SmallestDeviation, Math.Sqrt(Math.Max(0, variance))));
        }

        return new ImageCalibration(mean, inverse);
    }
}

/// <summary>
/// Made-up pictures with the statistics of photographs: opaque discs over one another, sizes after a power law (the dead leaves model;
/// Lee, Mumford and Huang, Int. J. Computer Vision 41, 2001). They calibrate the image statistics, so that no picture has to be at hand.
/// </summary>
internal static class DeadLeaves
{
    /// <summary>A picture [3, side, side] of red, green and blue in 0 … 1.</summary>
    public static float[] Draw(int side, RandomNumbers random)
    {
        float[] pixels = new float[3 * side * side];
        float[] colour = Colour(random, RandomPalette(random));
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = colour[i / (side * side)];

        double[] palette = RandomPalette(random);
        double smallest = random.Between(1.5, 6);
        double discs = random.Between(10, 160);
        for (int disc = 0; disc < discs; disc++)
            DrawDisc(pixels, side, random, smallest, Colour(random, palette));
        return pixels;
    }

    private static void DrawDisc(float[] pixels, int side, RandomNumbers random, double smallest, float[] colour)
    {
        // Radius density ∝ r⁻³ between the smallest and half the side.
        double low = 1 / (smallest * smallest), high = 4.0 / (side * side);
        double radius = 1 / Math.Sqrt(low + (high - low) * random.NextUnit());
        double centreX = random.Between(0, side), centreY = random.Between(0, side);
        double shadeX = random.Between(-0.3, 0.3), shadeY = random.Between(-0.3, 0.3);
        for (int y = Math.Max(0, (int)(centreY - radius)); y < Math.Min(side, centreY + radius); y++)
        {
            for (int x = Math.Max(0, (int)(centreX - radius)); x < Math.Min(side, centreX + radius); x++)
            {
                double dx = (x - centreX) / radius, dy = (y - centreY) / radius;
                if (dx * dx + dy * dy > 1)
                    continue;
                for (int channel = 0; channel < 3; channel++)
                    pixels[(channel * side + y) * side + x] = (float)Math.Clamp(colour[channel] + shadeX * dx + shadeY * dy, 0, 1);
            }
        }
    }

    /// <summary>Centre and spread of a picture's colours: mean red, green, blue, then how far colours stray in light and in hue.</summary>
    private static double[] RandomPalette(RandomNumbers random) =>
        [random.NextUnit(), random.NextUnit(), random.NextUnit(), random.Between(0.1, 0.6), random.Between(0.02, 0.4)];

    private static float[] Colour(RandomNumbers random, double[] palette)
    {
        double light = random.NextCentred() * palette[3];
        double grey = (palette[0] + palette[1] + palette[2]) / 3;
        float[] colour = new float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            double mean = grey + (palette[channel] - grey) * palette[4] * 2;
            colour[channel] = (float)Math.Clamp(mean + light + random.NextCentred() * palette[4] * 0.5, 0, 1);
        }

        return colour;
    }
}
