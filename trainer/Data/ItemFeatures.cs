using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Gives the model the features of any set of items, centred and with unit variance by <see cref="Statistics"/>. Small stores are held on the
/// device as float32; larger ones are read from the memory map as they are needed.
/// </summary>
public sealed class ItemFeatures : IDisposable
{
    private readonly FeatureStore _store;
    private readonly IReadOnlyList<ModalityFeatures> _modalities;
    private readonly int[] _measured;
    private readonly long _holdBytes;
    private IReadOnlyList<FeatureStatistics>? _statistics;
    private Tensor?[]? _held;
    private readonly Tensor _present;
    private readonly Tensor _domains;
    private readonly Device _device;

    /// <param name="store">The feature store.</param>
    /// <param name="modalities">Names of the modalities that the model reads, in its order; may be empty (ids alone).</param>
    /// <param name="measured">Rows of the items that training may see, which the statistics are of unless a checkpoint brings its own.</param>
    /// <param name="device">Where batches go.</param>
    /// <param name="holdBytes">Modalities that take at most this much as float32 are held on the device.</param>
    /// <exception cref="UserErrorException">The store lacks a modality.</exception>
    public ItemFeatures(FeatureStore store, IReadOnlyList<string> modalities, int[] measured, Device device, long holdBytes = 4L << 30)
    {
        (_store, _measured, _device, _holdBytes) = (store, measured, device, holdBytes);
        _modalities = modalities.Select(store.Modality).ToList();

        float[] present = new float[store.ItemCount * _modalities.Count];
        for (int row = 0, at = 0; row < store.ItemCount; row++)
        {
            foreach (var m in _modalities) present[at++] = m.IsPresent(row) ? 1 : 0;
        }

        long[] domains = new long[store.ItemCount];
        for (int d = 0; d < store.Domains.Count; d++)
            domains.AsSpan(store.Domains[d].FirstRow, store.Domains[d].Count).Fill(d);
        _present = tensor(present, device: device).view(store.ItemCount, _modalities.Count).DetachFromDisposeScope();
        _domains = tensor(domains, device: device).DetachFromDisposeScope();
    }

    /// <summary>Names of the modalities, in the model's order.</summary>
    public IReadOnlyList<string> Names => _modalities.Select(m => m.Name).ToList();

    /// <summary>Widths of the modalities, in the model's order.</summary>
    public IReadOnlyList<int> Widths => _modalities.Select(m => m.Width).ToList();

    /// <summary>Names of the encoders that made them, each with the beginning of its fingerprint, in the model's order.</summary>
    public IReadOnlyList<string> Encoders => _modalities.Select(m => $"{m.EncoderName} ({m.EncoderFingerprint[..Math.Min(12, m.EncoderFingerprint.Length)]})").ToList();

    /// <summary>
    /// By modality: what its vectors are centred and scaled by. They belong to the weights that were trained with them: a checkpoint keeps them and
    /// brings them back, so that new items and other domains are seen in the same way.
    /// </summary>
    public IReadOnlyList<FeatureStatistics> Statistics
    {
        get => _statistics ??= _modalities.Select(Measure).ToList();
        set
        {
            // At the end of training the best epoch's are the same: nothing is read again for them.
            if (_statistics is { } now && now.Zip(value).All(s => s.First.Deviation == s.Second.Deviation && s.First.Mean.AsSpan().SequenceEqual(s.Second.Mean))) return;
            Release();
            _statistics = value;
        }
    }

    /// <summary>What is wrong with modalities that tell no item from another, in words; empty where all is well.</summary>
    public IEnumerable<string> Uninformative()
    {
        foreach (var m in _modalities)
        {
            int present = _measured.Count(m.IsPresent);
            if (present == 0) yield return $"none of the {_measured.Length:N0} items of the flow has the modality '{m.Name}'";
            else if (present > 1 && FeatureStatistics.AreAllTheSame(m, _measured)) yield return $"all {present:N0} vectors of the modality '{m.Name}' are the same";
        }
    }

    /// <summary>Tells whether the vectors that the model reads are the same.</summary>
    public string Fingerprint => string.Join(' ', _modalities.Select(m => m.Fingerprint));

    /// <summary>Rows of the store.</summary>
    public int ItemCount => _store.ItemCount;

    /// <summary>Domains of the store.</summary>
    public int DomainCount => _store.Domains.Count;

    /// <summary>The features of the items in <paramref name="rows"/>.</summary>
    public ItemBatch Gather(int[] rows)
    {
        _held ??= _modalities.Select((m, i) => 4L * m.Width * _store.ItemCount <= _holdBytes / _modalities.Count ? Hold(m, Statistics[i]) : null).ToArray();
        var index = HostDevice.Send(Array.ConvertAll(rows, r => (long)r), _device);
        var features = new Tensor[_modalities.Count];
        for (int m = 0; m < features.Length; m++)
            features[m] = _held[m] is { } held ? held.index_select(0, index) : HostDevice.Send(Read(_modalities[m], Statistics[m], rows), _device);
        return new ItemBatch(index, _domains.index_select(0, index), features, _present.index_select(0, index));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        _present.Dispose();
        _domains.Dispose();
    }

    private void Release()
    {
        foreach (var held in _held ?? []) held?.Dispose();
        _held = null;
    }

    private Tensor Read(ModalityFeatures modality, FeatureStatistics statistics, int[] rows)
    {
        var features = empty(rows.Length, modality.Width, dtype: ScalarType.Float32);
        var values = MemoryMarshal.Cast<byte, float>(features.bytes);
        modality.Gather(rows, values);
        Standardize(modality, statistics, rows, values);
        return features;
    }

    private FeatureStatistics Measure(ModalityFeatures modality)
    {
        var statistics = FeatureStatistics.Of(modality, _measured);
        if (!float.IsFinite(statistics.Deviation)) RequireUsable(modality);
        return statistics;
    }

    /// <exception cref="UserErrorException">One of the vectors can't be computed with.</exception>
    private void RequireUsable(ModalityFeatures modality)
    {
        float[] vector = new float[modality.Width];
        foreach (int row in _measured)
        {
            modality.ReadRow(row, vector);
            RequireUsable(modality, row, vector);
        }
    }

    private void RequireUsable(ModalityFeatures modality, int row, ReadOnlySpan<float> vector)
    {
        if (FeatureStatistics.AreUsable(vector)) return;
        var domain = _store.Domains.First(d => row < d.FirstRow + d.Count);
        throw new UserErrorException(
            $"The vector of the modality '{modality.Name}' of item '{_store.GetItemId(row)}' (domain {domain.Name}) holds numbers that are not finite or beyond 1e18, made by the encoder {modality.EncoderName}; " +
            "extract the modality again with another encoder, or train without it (--set data.modalities=...).");
    }

    private Tensor Hold(ModalityFeatures modality, FeatureStatistics statistics)
    {
        using var scope = NewDisposeScope();
        var all = empty(_store.ItemCount, modality.Width, dtype: ScalarType.Float32);
        const int step = 8192;
        for (int first = 0; first < _store.ItemCount; first += step)
        {
            int count = Math.Min(step, _store.ItemCount - first);
            using var part = all.narrow(0, first, count);
            var values = MemoryMarshal.Cast<byte, float>(part.bytes);
            modality.ReadRange(first, count, values);
            Standardize(modality, statistics, Enumerable.Range(first, count), values);
        }

        return all.to(_device).DetachFromDisposeScope();
    }

    /// <summary>Absent rows stay zeros, which is the mean of the others.</summary>
    private void Standardize(ModalityFeatures modality, FeatureStatistics statistics, IEnumerable<int> rows, Span<float> values)
    {
        int at = 0;
        foreach (int row in rows)
        {
            var vector = values.Slice(at, modality.Width);
            at += modality.Width;
            if (!modality.IsPresent(row)) continue;
            statistics.Standardize(vector);
            RequireUsable(modality, row, vector);
        }
    }
}

/// <summary>The frozen side of some distinct items, on the training device.</summary>
/// <param name="Rows">[items] int64: rows in the feature store, which are also the ids of id embeddings.</param>
/// <param name="Domains">[items] int64: domain of each, as an index into the catalogue's domains.</param>
/// <param name="Features">By modality of the model: [items, width of the modality]; absent rows are zeros.</param>
/// <param name="Present">[items, modalities] float: 1 where the item has the modality.</param>
public sealed record ItemBatch(Tensor Rows, Tensor Domains, IReadOnlyList<Tensor> Features, Tensor Present)
{
    /// <summary>Number of items.</summary>
    public long Count => Rows.shape[0];

    /// <summary>The same items without one modality, where they have another.</summary>
    /// <param name="modality">Its number.</param>
    public ItemBatch Without(int modality)
    {
        var column = Present.narrow(1, modality, 1);
        var kept = column * Present.sum(1, keepdim: true).le(1).to(Present.dtype); // [items, 1]: 1 where it is the item's last
        var features = Features.ToArray();
        features[modality] = features[modality] * kept;
        return this with { Features = features, Present = cat([Present.narrow(1, 0, modality), kept, Present.narrow(1, modality + 1, Features.Count - modality - 1)], 1) };
    }
}
