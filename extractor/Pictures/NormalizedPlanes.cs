namespace UniM2Rec.Extractor.Pictures;

/// <summary>Lays rows of interleaved bytes down as numbers, a channel after the other, as a model reads them.</summary>
/// <param name="destination">[3, size, size].</param>
/// <param name="size">Side in pixels.</param>
/// <param name="values">For each of the model's channels the number of each byte.</param>
/// <param name="reversed">Whether the model's channels are in the opposite order of the bytes.</param>
internal readonly ref struct NormalizedPlanes(Span<float> destination, int size, float[][] values, bool reversed) : Resampler.IRows
{
    private readonly Span<float> _destination = destination;

    /// <inheritdoc/>
    public void Take(int y, ReadOnlySpan<byte> row)
    {
        var (plane, last) = (size * size, reversed ? 2 : 0);
        ReadOnlySpan<float> first = values[last], second = values[1], third = values[2 - last];
        var a = _destination.Slice(last * plane + y * size, size);
        var b = _destination.Slice(plane + y * size, size);
        var c = _destination.Slice((2 - last) * plane + y * size, size);
        for (int x = 0, at = 0; x < a.Length; x++, at += 3)
        {
            a[x] = first[row[at]];
            b[x] = second[row[at + 1]];
            c[x] = third[row[at + 2]];
        }
    }
}
