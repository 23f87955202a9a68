using System.Numerics.Tensors;

namespace UniM2Rec.Models.Images;

/// <summary>One square channel of a picture.</summary>
internal sealed record Plane(int Side, float[] Values)
{
    /// <summary>Every pixel mapped.</summary>
    public Plane Map(Converter<float, float> map) => new(Side, Array.ConvertAll(Values, map));

    /// <summary>Means over squares of <paramref name="size"/> pixels.</summary>
    public Plane Pool(int size)
    {
        var side = Side / size;
        var pooled = new float[side * side];
        for (var row = 0; row < side * size; row++)
        {
            for (var cell = 0; cell < side; cell++)
                pooled[row / size * side + cell] += TensorPrimitives.Sum<float>(Values.AsSpan(row * Side + cell * size, size)) / (size * size);
        }

        return new Plane(side, pooled);
    }

    /// <summary>Correlation with a 3 × 3 filter; outside the picture the border pixel goes on.</summary>
    public Plane Filter(ReadOnlySpan<float> filter)
    {
        var filtered = new float[Values.Length];
        Span<float> padded = stackalloc float[Side + 2];
        for (var row = 0; row < Side; row++)
        {
            var sum = filtered.AsSpan(row * Side, Side);
            for (var down = 0; down < 3; down++)
            {
                var source = Values.AsSpan(Math.Clamp(row + down - 1, 0, Side - 1) * Side, Side);
                source.CopyTo(padded[1..]);
                (padded[0], padded[Side + 1]) = (source[0], source[Side - 1]);
                for (var across = 0; across < 3; across++)
                    TensorPrimitives.MultiplyAdd(padded.Slice(across, Side), filter[down * 3 + across], sum, sum);
            }
        }

        return new Plane(Side, filtered);
    }
}
