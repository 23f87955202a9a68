using System.Numerics.Tensors;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>What the users' lists are like, beside whether the target is in them.</summary>
/// <param name="Length">Items of a list.</param>
/// <param name="Coverage">Share of the candidates that are in any list.</param>
/// <param name="Novelty">Mean of −log2 of the share of training's events that an item has, in bits; an item without events counts as if it had one.</param>
/// <param name="Diversity">Mean of 1 − cosine over the pairs of a list, in the space of the items' features: 0 where all are the same, about 1 where they are unrelated; null where no item has features.</param>
/// <param name="Popularity">Mean share of the candidates that training saw less often, ties half: 1/2 where popularity does not matter, near 1 where the most popular are shown.</param>
public sealed record ListFigures(int Length, double Coverage, double Novelty, double? Diversity, double Popularity)
{
    /// <summary>Why figures that were kept can't be used, or null where they can.</summary>
    internal string? Problem() =>
        Length < 1 || !(Coverage is >= 0 and <= 1) || !(Novelty >= 0) || !(Popularity is >= 0 and <= 1) || Diversity is { } diversity && !double.IsFinite(diversity) ? "the figures of the lists can't be" : null;
}

/// <summary>Collects the lists of users while they are ranked.</summary>
public sealed class ListQuality
{
    private readonly int[] _candidates;
    private readonly ItemSpace _space;
    private readonly double[] _novelty;
    private readonly double[] _popularity;
    private readonly bool[] _shown;
    private (double Novelty, double Popularity, double Diversity) _sums;
    private int _items, _lists, _diverse, _longest;

    /// <param name="candidates">Rows that are ranked, by slot.</param>
    /// <param name="frequency">By row: events of training with the item.</param>
    /// <param name="store">The items' features.</param>
    public ListQuality(int[] candidates, int[] frequency, FeatureStore store)
    {
        (_candidates, _space, _shown) = (candidates, new ItemSpace(store, candidates), new bool[candidates.Length]);
        double events = Math.Max(1, candidates.Sum(row => (long)frequency[row]));
        _novelty = Array.ConvertAll(candidates, row => Math.Log2(events / Math.Max(1, frequency[row])));
        int[] sorted = [.. candidates.Select(row => frequency[row]).Order()];
        _popularity = Array.ConvertAll(candidates, row =>
        {
            var (below, notAbove) = (Below(sorted, frequency[row]), Below(sorted, frequency[row] + 1));
            return (below + ((notAbove - below) / 2.0)) / sorted.Length;
        });
    }

    /// <summary>Adds the lists of some users.</summary>
    /// <param name="slots">By user: slots of the items, best first.</param>
    public void Add(IReadOnlyList<int[]> slots)
    {
        var vectors = _space.Read(slots.SelectMany(list => list).Distinct().Select(slot => _candidates[slot]));
        foreach (int[] list in slots)
        {
            foreach (int slot in list)
            {
                _shown[slot] = true;
                _sums.Novelty += _novelty[slot];
                _sums.Popularity += _popularity[slot];
            }

            _items += list.Length;
            _lists++;
            _longest = Math.Max(_longest, list.Length);
            if (ItemSpace.Diversity(list.Select(slot => vectors[_candidates[slot]]).OfType<float[]>().ToList()) is not { } diversity) continue;
            _sums.Diversity += diversity;
            _diverse++;
        }
    }

    /// <summary>The figures of what was added; null where nothing was.</summary>
    public ListFigures? Figures() => _items == 0 ? null : new(
        _longest, _shown.Count(shown => shown) / (double)_shown.Length, _sums.Novelty / _items, _diverse == 0 ? null : _sums.Diversity / _diverse, _sums.Popularity / _items);

    private static int Below(int[] sorted, int value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}

/// <summary>
/// Items as points: the vectors of all modalities of the store, each centred and of unit length, side by side, and the whole of unit length, so that
/// models which read different modalities are measured in one space.
/// </summary>
internal sealed class ItemSpace
{
    private readonly (ModalityFeatures Features, float[] Mean)[] _modalities;

    /// <param name="store">The items' features.</param>
    /// <param name="rows">Items that the centre is taken of.</param>
    public ItemSpace(FeatureStore store, int[] rows) =>
        _modalities = [.. store.ModalityNames.Select(store.Modality).Select(m => (m, FeatureStatistics.Of(m, rows).Mean))];

    /// <summary>1 − the mean cosine of the pairs; null where there is no pair.</summary>
    /// <param name="vectors">Of unit length.</param>
    public static double? Diversity(IReadOnlyList<float[]> vectors)
    {
        if (vectors.Count < 2) return null;
        // The squared length of the sum is the number of vectors and twice the cosines of all pairs.
        float[] sum = new float[vectors[0].Length];
        foreach (float[] vector in vectors) TensorPrimitives.Add(sum, vector, sum);
        double n = vectors.Count;
        return 1 - ((TensorPrimitives.SumOfSquares(sum) - n) / (n * (n - 1)));
    }

    /// <summary>By row: the item's point; null where it has no modality, or is the centre.</summary>
    public Dictionary<int, float[]?> Read(IEnumerable<int> rows) => rows.ToDictionary(row => row, Point);

    private float[]? Point(int row)
    {
        float[] point = new float[_modalities.Sum(m => m.Features.Width)];
        int at = 0;
        foreach (var (features, mean) in _modalities)
        {
            var part = point.AsSpan(at, features.Width);
            at += features.Width;
            if (!features.IsPresent(row)) continue;
            features.ReadRow(row, part);
            TensorPrimitives.Subtract(part, mean, part);
            Normalize(part);
        }

        return Normalize(point) ? point : null;
    }

    private static bool Normalize(Span<float> vector)
    {
        float length = TensorPrimitives.Norm<float>(vector);
        if (!(length > 0) || !float.IsFinite(length))
        {
            vector.Clear();
            return false;
        }

        TensorPrimitives.Divide(vector, length, vector);
        return true;
    }
}
