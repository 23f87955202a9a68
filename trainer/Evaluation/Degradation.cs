using System.Globalization;
using System.Runtime.InteropServices;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>What is done to the features of a share of the items, to see how much of a model's quality hangs on them.</summary>
/// <param name="Removed">Modalities that these items lose.</param>
/// <param name="Noised">Modalities to which Gaussian noise is added.</param>
/// <param name="NoiseScale">Standard deviation of the noise, in units of the modality's own over all items that have it.</param>
/// <param name="Share">Share of the store's items, or of the users, chosen at random; a smaller share's are among those of a larger one.</param>
/// <param name="Seed">Chooses the items or users, and the noise.</param>
/// <param name="Histories">
/// Whether the share is of users, all of whose history's items are degraded, while the candidates stay as they are: a user whose items all lack a
/// picture is harder to know than many users who each lack some (compare arXiv 2608.10240).
/// </param>
public sealed record Degradation(IReadOnlyList<string> Removed, IReadOnlyList<string> Noised, double NoiseScale, double Share, int Seed, bool Histories = false)
{
    /// <summary>Without the share, such as "text removed, image noised (×0.5)".</summary>
    public string Kind() => string.Join(", ", new[]
    {
        Removed.Count > 0 ? $"{string.Join("+", Removed)} removed" : "",
        Noised.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{string.Join("+", Noised)} noised (×{NoiseScale})") : "",
    }.Where(part => part.Length > 0));

    /// <summary>With it, such as "text removed for 25% of the items".</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Kind()} for {Share * 100:0.##}% of {(Histories ? "the users' histories" : "the items")}");

    /// <summary>The rows or users that are degraded, ascending.</summary>
    /// <param name="count">Rows of the store, or users of the log.</param>
    public int[] Choose(int count)
    {
        int[] all = Enumerable.Range(0, count).ToArray();
        new Random(Seed).Shuffle(all);
        return all.Take((int)Math.Round(Share * count)).Order().ToArray();
    }

    /// <summary>The same for every item.</summary>
    public Degradation OfAllItems() => this with { Share = 1, Histories = false };

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
            throw UserErrorException.Usage($"The modality '{both}' is named by both --remove and --noise; name it by one of them.");
        if (!(Share is >= 0 and <= 1))
            throw UserErrorException.Usage(string.Create(CultureInfo.InvariantCulture, $"--share is {Share}; it must be between 0 (no item) and 1 (all items)."));
        if (!(NoiseScale > 0) || !double.IsFinite(NoiseScale))
            throw UserErrorException.Usage(string.Create(CultureInfo.InvariantCulture, $"--noise-scale is {NoiseScale}; it must be above 0 (1 is as much as the items differ)."));
    }
}

/// <summary>
/// The items' features under a <see cref="Degradation"/>. A removed modality is absent, exactly as one that the catalogue never had; the noise
/// of an item depends on the seed, its row and the modality alone.
/// </summary>
public sealed class DegradedFeatures
{
    private readonly ItemFeatures _features;
    private readonly Degradation _degradation;
    private readonly bool[] _isDegraded;
    private readonly float[] _deviation;

    /// <param name="features">The features as they are.</param>
    /// <param name="store">Where they come from.</param>
    /// <param name="degradation">What is done to them; its modalities are among those of <paramref name="features"/>.</param>
    public DegradedFeatures(ItemFeatures features, FeatureStore store, Degradation degradation)
    {
        (_features, _degradation) = (features, degradation);
        Rows = degradation.Choose(features.ItemCount);
        _isDegraded = new bool[features.ItemCount];
        foreach (int row in Rows) _isDegraded[row] = true;
        _deviation = features.Names.Select((n, m) => degradation.Noised.Contains(n) ? Deviation(store.Modality(n), store.ItemCount, features.Statistics[m]) * (float)degradation.NoiseScale : 0).ToArray();
    }

    /// <summary>The rows that are degraded.</summary>
    public int[] Rows { get; }

    /// <summary>The features of the items in <paramref name="rows"/>.</summary>
    public ItemBatch Gather(int[] rows)
    {
        var batch = _features.Gather(rows);
        var names = _features.Names;
        var kept = ones(rows.Length, names.Count);
        var features = batch.Features.ToArray();
        for (int m = 0; m < features.Length; m++)
        {
            if (_degradation.Removed.Contains(names[m]))
            {
                var keptHere = tensor(Array.ConvertAll(rows, r => _isDegraded[r] ? 0f : 1f));
                kept.narrow(1, m, 1).copy_(keptHere.unsqueeze(1));
                features[m] = features[m] * keptHere.unsqueeze(1).to(features[m].device);
            }
            else if (_deviation[m] > 0)
            {
                // Only where the modality is present: absent rows are zeros.
                features[m] = features[m] + (Noise(rows, m, (int)features[m].shape[1]).to(features[m].device) * batch.Present.narrow(1, m, 1));
            }
        }

        return batch with { Features = features, Present = batch.Present * kept.to(batch.Present.device) };
    }

    private Tensor Noise(int[] rows, int modality, int width)
    {
        var noise = zeros(rows.Length, width);
        var values = MemoryMarshal.Cast<byte, float>(noise.bytes);
        for (int i = 0; i < rows.Length; i++)
        {
            if (!_isDegraded[rows[i]]) continue;
            var random = new Random(RowSeed(rows[i], modality));
            foreach (ref float value in values.Slice(i * width, width)) value = _deviation[modality] * (float)Gaussian(random);
        }

        return noise;
    }

    /// <summary>A hash of seed, row and modality; System.HashCode would differ from process to process.</summary>
    private int RowSeed(int row, int modality) => (int)(SplitMix64.MixAll(_degradation.Seed, row, modality) >> 33);

    /// <summary>N(0, 1) by Box and Muller.</summary>
    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>How far the modality's vectors spread, in the units in which the model sees them, over all items that have it.</summary>
    private static float Deviation(ModalityFeatures modality, int items, FeatureStatistics seen) =>
        FeatureStatistics.Of(modality, Enumerable.Range(0, items).ToArray()).Deviation / seen.Deviation;
}
