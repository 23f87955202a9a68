using Serilog;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>
/// Looks at every vector before anything is written: those that can't be stored are rejected, by item; vectors that tell nothing, or that
/// look like numbers of another type, are warned of.
/// </summary>
/// <param name="items">Names the items.</param>
/// <param name="rejects">Takes vectors that can't be stored.</param>
/// <param name="log">Takes warnings.</param>
internal sealed class VectorCheck(ItemLookup items, RejectLog rejects, ILogger log)
{
    /// <summary>The first single that rounds to infinity as a half.</summary>
    private const float BeyondHalf = 65520f;

    /// <summary>Magnitudes that features never have, but that bytes of other types make.</summary>
    private const float Tiny = 1e-15f, Huge = 1e10f;
    private const double StrangeShare = 0.05;

    private long _numbers, _strange;

    /// <summary>Checks a modality.</summary>
    /// <returns>The sources without the rows that were rejected.</returns>
    /// <exception cref="UserErrorException">Too many vectors can't be stored.</exception>
    public RowSource[] Check(ExternalModality vectors, CancellationToken cancellation)
    {
        var sources = (RowSource[])vectors.Sources.Clone();
        float[] vector = new float[vectors.Matrices[0].Width];
        float[]? first = null;
        var (zero, present, differs) = (0, 0, false);
        for (int row = 0; row < sources.Length; row++)
        {
            if (sources[row].Matrix < 0)
                continue;
            cancellation.ThrowIfCancellationRequested();
            var matrix = vectors.Matrices[sources[row].Matrix];
            matrix.ReadRow(sources[row].Row, vector);
            if (Fault(vector, vectors.Type) is { } fault)
            {
                rejects.Add(matrix.Source, matrix.LineOf(sources[row].Row), $"item '{items.NameOf(row)}': {fault}");
                sources[row] = RowSource.None;
                continue;
            }

            rejects.Accept();
            if (!matrix.SaysItsType)
                Count(vector);
            if (vector.AsSpan().IndexOfAnyExcept(0f) < 0)
            {
                zero++;
                continue;
            }

            present++;
            first ??= (float[])vector.Clone();
            differs |= !vector.AsSpan().SequenceEqual(first);
        }

        rejects.ThrowIfTooMany();
        Warn(vectors, zero, present, differs);
        return sources;
    }

    private void Warn(ExternalModality vectors, int zero, int present, bool differs)
    {
        string source = vectors.Matrices[0].Source;
        if (present == 0)
            log.Warning("{File:l}: all vectors are zero, so that no item has the modality {Modality:l}, and nothing can be learned from it", source, vectors.Name);
        else if (zero > 0)
            log.Warning("{File:l}: {Zero:N0} vectors are zero; their items count as without {Modality:l}", source, zero, vectors.Name);
        if (present > 1 && !differs)
            log.Warning("{File:l}: all {Present:N0} vectors are the same, so that nothing can be learned from them", source, present);
        if (_strange > StrangeShare * _numbers)
            log.Warning("{File:l}: {Share:P0} of its numbers are below {Tiny} or above {Huge} in size, as numbers of another type or byte order are when they are read as float32", source, (double)_strange / _numbers, Tiny, Huge);
    }

    private void Count(float[] vector)
    {
        foreach (float number in vector)
        {
            float size = MathF.Abs(number);
            if (size == 0)
                continue;
            _numbers++;
            if (size is < Tiny or > Huge)
                _strange++;
        }
    }

    private static string? Fault(float[] vector, FeatureType type)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i]))
                return $"number {i + 1} of {vector.Length} is {(float.IsNaN(vector[i]) ? "NaN" : "infinite")}";
            if (type == FeatureType.Float16 && MathF.Abs(vector[i]) >= BeyondHalf)
                return FormattableString.Invariant($"number {i + 1} of {vector.Length} is {vector[i]:G6}, which float16 can't hold");
        }

        return null;
    }
}
