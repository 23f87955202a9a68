namespace UniM2Rec.Extractor.Synthesis;

/// <summary>The pattern behind an item: stripes, dots or checks of a theme's direction, width and pair of tones.</summary>
internal readonly struct ThemePattern
{
    private readonly int _kind;
    private readonly double _cos;
    private readonly double _sin;
    private readonly double _frequency;
    private readonly double _phase;
    private readonly (double Red, double Green, double Blue) _dark;

    public ThemePattern(int theme, ref SeededRandom random)
    {
        var angle = Math.PI * (theme / (double)Assortment.Themes.Length) + random.Between(-0.08, 0.08);
        _kind = theme % 3;
        _cos = Math.Cos(angle);
        _sin = Math.Sin(angle);
        _frequency = (3 + 2 * (theme % 4)) * random.Between(0.9, 1.1);
        _phase = random.Between(0, 1);
        var hue = 2 * Math.PI * theme / Assortment.Themes.Length;
        _dark = (190 + 35 * Math.Cos(hue), 190 + 35 * Math.Cos(hue - 2.1), 190 + 35 * Math.Cos(hue + 2.1));
    }

    public (double Red, double Green, double Blue) ColorAt(double u, double v)
    {
        var along = (u * _cos + v * _sin) * _frequency + _phase;
        var across = (v * _cos - u * _sin) * _frequency + _phase;
        var (a, b) = (along - Math.Floor(along), across - Math.Floor(across));
        var isDark = _kind switch
        {
            0 => a < 0.5,
            1 => (a - 0.5) * (a - 0.5) + (b - 0.5) * (b - 0.5) < 0.1,
            _ => a < 0.5 == b < 0.5,
        };
        return isDark ? _dark : (242, 240, 236);
    }
}
