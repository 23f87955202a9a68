namespace UniM2Rec.Extractor.Synthesis;

/// <summary>The outline that stands for a category, turned, shifted and scaled a little for each item.</summary>
internal readonly struct CategoryShape
{
    private readonly int _category;
    private readonly double _centerX;
    private readonly double _centerY;
    private readonly double _scale;
    private readonly double _aspect;
    private readonly double _cos;
    private readonly double _sin;

    public CategoryShape(int category, int domain, ref SeededRandom random)
    {
        // Each domain takes the outlines in another order and proportion: shapes mean something only within their domain.
        _category = (category + 3 * domain) % Assortment.CategoriesPerDomain;
        _aspect = 1 + 0.12 * (domain % 4);
        _centerX = random.Between(-0.15, 0.15);
        _centerY = random.Between(-0.15, 0.15);
        _scale = 1 / random.Between(0.5, 0.7);
        var turn = random.Between(-0.2, 0.2);
        _cos = Math.Cos(turn);
        _sin = Math.Sin(turn);
    }

    public bool Contains(double u, double v)
    {
        var (dx, dy) = ((u - _centerX) * _scale, (v - _centerY) * _scale);
        var (x, y) = (dx * _cos + dy * _sin, (dy * _cos - dx * _sin) * _aspect);
        var (ax, ay) = (Math.Abs(x), Math.Abs(y));
        var radius = Math.Sqrt(x * x + y * y);
        return _category switch
        {
            0 => radius < 0.9,
            1 => ax < 0.8 && ay < 0.8,
            2 => y < 0.7 && y > 1.9 * ax - 0.9,
            3 => radius < 0.95 && radius > 0.55,
            4 => (ax < 0.3 && ay < 0.95) || (ay < 0.3 && ax < 0.95),
            5 => ax + ay < 0.95,
            6 => ax < 0.85 && 0.5 * ax + 0.87 * ay < 0.8,
            7 => ax < 0.98 && ay < 0.4,
            8 => radius < 0.6 + 0.35 * Math.Cos(5 * Math.Atan2(y, x)),
            _ => radius < 0.9 && Math.Sqrt((x - 0.4) * (x - 0.4) + y * y) > 0.65,
        };
    }
}
