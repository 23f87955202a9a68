namespace UniM2Rec.Models.Images;

/// <summary>One square channel of a picture.</summary>
internal sealed record Plane(int Side, float[] Values)
{
    /// <summary>Every pixel mapped.</summary>
    public Plane Map(Func<float, float> map) => new(Side, Array.ConvertAll(Values, v => map(v)));

    /// <summary>Means over squares of <paramref name="size"/> pixels.</summary>
    public Plane Pool(int size)
    {
        var side = Side / size;
        var pooled = new float[side * side];
        for (var y = 0; y < side * size; y++)
        {
            for (var x = 0; x < side * size; x++)
                pooled[y / size * side + x / size] += Values[y * Side + x] / (size * size);
        }

        return new Plane(side, pooled);
    }

    /// <summary>Correlation with a 3 × 3 filter; outside the picture the border pixel goes on.</summary>
    public Plane Filter(ReadOnlySpan<float> filter)
    {
        var filtered = new float[Values.Length];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                float sum = 0;
                for (var k = 0; k < 9; k++)
                {
                    var row = Math.Clamp(y + k / 3 - 1, 0, Side - 1);
                    var column = Math.Clamp(x + k % 3 - 1, 0, Side - 1);
                    sum += filter[k] * Values[row * Side + column];
                }

                filtered[y * Side + x] = sum;
            }
        }

        return new Plane(Side, filtered);
    }
}
