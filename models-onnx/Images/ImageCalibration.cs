using UniM2Rec.Models.Numerics;

namespace UniM2Rec.Models.Images;

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
        var sum = new double[ImageStatisticsLayout.FeatureCount];
        var squares = new double[sum.Length];
        for (var picture = 0; picture < Pictures; picture++)
        {
            var features = ImageStatistics.Compute(DeadLeaves.Draw(ImageStatisticsLayout.Side, random));
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += features[i];
                squares[i] += (double)features[i] * features[i];
            }
        }

        var mean = Array.ConvertAll(sum, s => (float)(s / Pictures));
        var inverse = new float[sum.Length];
        for (var i = 0; i < sum.Length; i++)
        {
            var variance = squares[i] / Pictures - (double)mean[i] * mean[i];
            inverse[i] = (float)(1 / Math.Max(SmallestDeviation, Math.Sqrt(Math.Max(0, variance))));
        }

        return new ImageCalibration(mean, inverse);
    }
}
