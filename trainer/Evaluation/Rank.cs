using System.Globalization;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Where a target stands among the candidates. What it is tied with could stand before or behind it in any order, so it has each of the places
/// <c>Above + 1</c> to <c>Above + 1 + Tied</c> with the same chance, and its figures are the means over them: a model that can't tell items apart
/// does as well as chance, and not better.
/// </summary>
/// <param name="Above">Candidates with a higher score.</param>
/// <param name="Tied">Other candidates with its own score.</param>
public readonly record struct Rank(int Above, int Tied = 0)
{
    /// <summary>Cumulative 1 / log2(place + 1) of the first places.</summary>
    private static readonly double[] Discounts = CumulativeDiscounts(1 << 12);

    /// <summary>The middle of the places, from 1, in halves.</summary>
    public double Middle => Above + 1 + (Tied / 2.0);

    /// <summary>The chance to stand among the first <paramref name="k"/>; with one target a user it is HR@K.</summary>
    public double Recall(int k) => Math.Clamp(k - Above, 0, Tied + 1) / (double)(Tied + 1);

    /// <summary>Expected 1 / log2(place + 1) where the place is at most <paramref name="k"/>, else 0.</summary>
    public double Ndcg(int k) => Above >= k ? 0 : Tied == 0 ? 1 / Math.Log2(Above + 2) : (Discount(Math.Min(k, Above + 1 + Tied)) - Discount(Above)) / (Tied + 1);

    /// <summary>Expected 1 / place where the place is at most <paramref name="k"/>, else 0.</summary>
    public double Mrr(int k)
    {
        double sum = 0;
        for (int place = Above + 1; place <= Math.Min(k, Above + 1 + Tied); place++) sum += 1.0 / place;
        return sum / (Tied + 1);
    }

    /// <summary>As written in files: the middle and the ties.</summary>
    public (string Middle, string Tied) ToText() => (Middle.ToString(CultureInfo.InvariantCulture), Tied.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads what <see cref="ToText"/> gave.</summary>
    /// <returns>Null where the texts are none.</returns>
    public static Rank? Parse(string middle, string tied)
    {
        if (!double.TryParse(middle, CultureInfo.InvariantCulture, out double place) || !int.TryParse(tied, NumberStyles.None, CultureInfo.InvariantCulture, out int ties)) return null;
        double above = place - 1 - (ties / 2.0);
        return above >= 0 && above + ties < int.MaxValue && above == Math.Floor(above) ? new Rank((int)above, ties) : null;
    }

    private static double Discount(int places)
    {
        if (places < Discounts.Length) return Discounts[places];
        double sum = Discounts[^1];
        for (int place = Discounts.Length; place <= places; place++) sum += 1 / Math.Log2(place + 1);
        return sum;
    }

    private static double[] CumulativeDiscounts(int count)
    {
        double[] sums = new double[count];
        for (int place = 1; place < count; place++) sums[place] = sums[place - 1] + (1 / Math.Log2(place + 1));
        return sums;
    }
}
