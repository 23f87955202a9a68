using System.Numerics.Tensors;

namespace UniM2Rec.Serving.Model;

/// <summary>The items' features, mapped into memory, by which candidates are compared with histories.</summary>
internal sealed class ContentVectors : IDisposable
{
    /// <summary>Candidates that one thread compares at a time.</summary>
    private const int Stretch = 1024;

    private readonly SafeTensorsFile _file;
    private readonly int _candidates;
    private readonly int _width;
    private readonly ParallelOptions _parallel;

    /// <param name="folder">The export.</param>
    /// <param name="manifest">What it says of itself.</param>
    /// <param name="threads">Processor threads.</param>
    /// <exception cref="UserErrorException">The tensor is missing, or has another shape than the export says.</exception>
    public ContentVectors(string folder, RecommenderManifest manifest, int threads)
    {
        _candidates = manifest.Candidates;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        _file = SafeTensorsFile.Open(Path.Combine(folder, ExportLayout.Content));
        try
        {
            var entry = _file.Entry(ExportTensors.Content);
            // Spans count in 32 bits.
            if (entry.Type != SafeTensorType.F32 || entry.Shape is not [var items, var width and > 0] || items != manifest.Items || entry.Count > int.MaxValue)
                throw new UserErrorException($"{_file.Path} can't be served ('{entry.Name}' is {entry.Type} of [{string.Join(", ", entry.Shape)}], for {manifest.Items:N0} items); export the run again (unim2rec-train export --overwrite).");
            _width = (int)width;
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Cosine of two items' features.</summary>
    public float Cosine(int first, int second) => TensorPrimitives.Dot(Row(first), Row(second));

    /// <summary>Σ decay^age · cosine over a history's events, for every candidate.</summary>
    /// <param name="events">Rows of the items, oldest first.</param>
    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    /// <param name="strengths">[candidates] or more: written.</param>
    public void Compare(ReadOnlySpan<int> events, double decay, float[] strengths)
    {
        float[] profile = Profile(events, decay);
        Parallel.For(0, (_candidates + Stretch - 1) / Stretch, _parallel, s =>
        {
            var all = _file.Span<float>(ExportTensors.Content);
            for (int c = s * Stretch; c < Math.Min(_candidates, (s + 1) * Stretch); c++) strengths[c] = TensorPrimitives.Dot(all.Slice(c * _width, _width), profile);
        });
    }

    /// <summary>Numbers of a row.</summary>
    public int Width => _width;

    /// <summary>[width]: Σ decay^age · vector over a history's events, oldest first.</summary>
    public float[] Profile(ReadOnlySpan<int> events, double decay)
    {
        float[] profile = new float[_width];
        double weight = 1;
        for (int e = events.Length - 1; e >= 0; e--, weight *= decay) TensorPrimitives.MultiplyAdd(Row(events[e]), (float)weight, profile, profile);
        return profile;
    }

    /// <summary>An item's vector.</summary>
    public ReadOnlySpan<float> Row(int item) => _file.Span<float>(ExportTensors.Content).Slice(item * _width, _width);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
