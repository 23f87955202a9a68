namespace UniM2Rec.Extractor.Synthesis;

/// <summary>
/// Draws an item: the shape says the category, its colour the colour, the pattern behind it the theme; place, size and turn vary, and there
/// is grain. Drawn pixel by pixel from formulas, with no library, so that the same seed gives the same pixels everywhere.
/// </summary>
internal sealed class ItemPicture(int size)
{
    private readonly byte[] _pixels = new byte[size * size * 3];

    /// <summary>Draws a picture.</summary>
    /// <returns>Blue, green, red bytes, [size, size, 3]; valid until the next call.</returns>
    public byte[] Draw(SynthSettings settings, MarketItem item)
    {
        var random = new SeededRandom(settings.Seed, RandomPurpose.Picture, item.Domain << 24 | item.Number);
        var (theme, category, colorIndex) = (item.Theme, item.Category, item.Color);
        if (random.Chance(settings.NoisyImage))
            (theme, category, colorIndex) = (random.Below(Assortment.Themes.Length), random.Below(Assortment.CategoriesPerDomain), random.Below(Assortment.Colors.Length));

        var color = Assortment.Colors[colorIndex];
        var pattern = new ThemePattern(theme, ref random);
        var shape = new CategoryShape(category, item.Domain, ref random);
        var shade = random.Between(0.85, 1.1);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (u, v) = ((2.0 * x + 1) / size - 1, (2.0 * y + 1) / size - 1);
                var grain = random.Below(13) - 6;
                var light = shade * (1.05 - 0.15 * v);
                var (red, green, blue) = shape.Contains(u, v)
                    ? (color.Red * light, color.Green * light, color.Blue * light)
                    : pattern.ColorAt(u, v);
                var at = (y * size + x) * 3;
                _pixels[at] = ToByte(blue + grain);
                _pixels[at + 1] = ToByte(green + grain);
                _pixels[at + 2] = ToByte(red + grain);
            }
        }

        return _pixels;
    }

    private static byte ToByte(double value) => (byte)Math.Clamp(value + 0.5, 0, 255);
}
