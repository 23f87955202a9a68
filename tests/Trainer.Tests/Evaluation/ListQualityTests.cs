using UniM2Rec.Features;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Tests.Evaluation;

/// <summary>Coverage, novelty, diversity and popularity against their definitions, computed plainly.</summary>
public sealed class ListQualityTests : IDisposable
{
    private readonly TinyMarket _market = new();
    private readonly FeatureStore _store;
    private readonly int[] _candidates = [.. Enumerable.Range(24, 20)];
    private readonly int[] _frequency = new int[48];

    public ListQualityTests()
    {
        _store = FeatureStore.Open(_market.Features);
        for (int i = 0; i < _candidates.Length; i++) _frequency[_candidates[i]] = i / 2;
    }

    public void Dispose()
    {
        _store.Dispose();
        _market.Dispose();
    }

    [Fact]
    public void The_figures_are_those_of_their_definitions()
    {
        int[][] lists = [[0, 5, 19], [5, 6, 7], [18, 19, 2]];
        var quality = new ListQuality(_candidates, _frequency, _store);
        quality.Add(lists[..2]);
        quality.Add(lists[2..]);

        var figures = quality.Figures()!;

        double events = _candidates.Sum(row => _frequency[row]);
        int[] shown = [.. lists.SelectMany(list => list).Select(slot => _candidates[slot])];
        Assert.Equal(3, figures.Length);
        Assert.Equal(7 / 20.0, figures.Coverage, 1e-12);
        Assert.Equal(shown.Average(row => -Math.Log2(Math.Max(1, _frequency[row]) / events)), figures.Novelty, 1e-9);
        Assert.Equal(shown.Average(row => _candidates.Average(other => _frequency[other] < _frequency[row] ? 1 : _frequency[other] == _frequency[row] ? 0.5 : 0)), figures.Popularity, 1e-9);
        Assert.Equal(lists.Average(list => Diversity([.. list.Select(slot => _candidates[slot])])), figures.Diversity!.Value, 1e-4);
    }

    [Fact]
    public void Lists_of_all_candidates_show_no_popularity_bias()
    {
        var quality = new ListQuality(_candidates, _frequency, _store);
        quality.Add([[.. Enumerable.Range(0, _candidates.Length)]]);

        Assert.Equal(0.5, quality.Figures()!.Popularity, 1e-12);
        Assert.Equal(1, quality.Figures()!.Coverage);
        Assert.Null(new ListQuality(_candidates, _frequency, _store).Figures());
    }

    /// <summary>1 − the mean of the cosines of all pairs, one pair after another.</summary>
    private double Diversity(int[] rows)
    {
        double[][] points = [.. rows.Select(Point)];
        var cosines = new List<double>();
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = 0; j < i; j++) cosines.Add(points[i].Zip(points[j], (a, b) => a * b).Sum());
        }

        return 1 - cosines.Average();
    }

    private double[] Point(int row) => Unit([.. _store.ModalityNames.Select(_store.Modality).SelectMany(m => m.IsPresent(row) ? Centred(m, row) : new double[m.Width])]);

    private double[] Centred(ModalityFeatures modality, int row)
    {
        float[] mean = FeatureStatistics.Of(modality, _candidates).Mean, vector = new float[modality.Width];
        modality.ReadRow(row, vector);
        return Unit([.. vector.Zip(mean, (v, m) => (double)v - m)]);
    }

    private static double[] Unit(double[] vector)
    {
        double length = Math.Sqrt(vector.Sum(v => v * v));
        return [.. vector.Select(v => v / length)];
    }
}
