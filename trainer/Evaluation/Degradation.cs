using System.Globalization;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>What is done to the features of a share of the items, to see how much of a model's quality hangs on them.</summary>
/// <param name="Removed">Modalities that these items lose.</param>
/// <param name="Noised">Modalities to which Gaussian noise is added.</param>
/// <param name="NoiseScale">Standard deviation of the noise, in units of the modality's own over all items that have it.</param>
/// <param name="Share">Share of the store's items, chosen at random; a smaller share's items are among those of a larger one.</param>
/// <param name="Seed">Chooses the items and the noise.</param>
public sealed record Degradation(IReadOnlyList<string> Removed, IReadOnlyList<string> Noised, double NoiseScale, double Share, int Seed)
{
    /// <summary>Without the share, such as "text removed, image noised (×0.5)".</summary>
    public string Kind() => string.Join(", ", new[]
    {
        Removed.Count > 0 ? $"{string.Join("+", Removed)} removed" : "",
        Noised.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{string.Join("+", Noised)} noised (×{NoiseScale})") : "",
    }.Where(part => part.Length > 0));

    /// <summary>With it, such as "text removed for 25% of the items".</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Kind()} for {Share * 100:0.##}% of the items");

    /// <summary>The rows that are degraded, ascending.</summary>
    /// <param name="itemCount">Rows of the store.</param>
    public int[] Choose(int itemCount)
    {
        int[] rows = Enumerable.Range(0, itemCount).ToArray();
        new Random(Seed).Shuffle(rows);
        return rows.Take((int)Math.Round(Share * itemCount)).Order().ToArray();
    }

    /// <summary>Refuses what can't be done to a model.</summary>
    /// <param name="modalities">What the model reads.</param>
    /// <exception cref="UserErrorException">A modality is not among them or named twice, or a number is out of its range.</exception>
    public void RequirePossible(IReadOnlyList<string> modalities)
    {
        foreach (string name in Removed.Concat(Noised))
        {
            if (modalities.Count == 0) throw new UserErrorException($"The model reads no modality, so '{name}' can't be removed or noised; evaluate a run of another model.");
            if (!modalities.Contains(name))
                throw new UserErrorException($"The model does not read the modality '{name}', so it can't be removed or noised; name one or more of {string.Join(", ", modalities)}.");
        }

        if (Removed.Intersect(Noised).FirstOrDefault() is { } both)
            throw new UserErrorException($"The modality '{both}' is named by both --remove and --noise; name it by one of them.");
        if (!(Share is >= 0 and <= 1))
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"--share is {Share}; it must be between 0 (no item) and 1 (all items)."));
        if (!(NoiseScale > 0) || !double.IsFinite(NoiseScale))
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"--noise-scale is {NoiseScale}; it must be above 0 (1 is as much as the items differ)."));
    }
}
