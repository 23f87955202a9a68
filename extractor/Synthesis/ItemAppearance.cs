using System.Globalization;

namespace UniM2Rec.Extractor.Synthesis;

/// <summary>Writes an item's text: the theme and category in words drawn from several that mean the same, between words that mean nothing.</summary>
internal static class ItemDescription
{
    /// <summary>The catalogue's row of an item.</summary>
    /// <param name="settings">Rates of missing and wrong text.</param>
    /// <param name="item">What the item is.</param>
    /// <param name="image">Its picture's path, or "".</param>
    public static Item Write(SynthSettings settings, MarketItem item, string image)
    {
        var random = new SeededRandom(settings.Seed, RandomPurpose.Text, item.Domain << 24 | item.Number);
        var (domain, categories) = Assortment.Domains[item.Domain];
        var row = new Item { Domain = domain, ItemId = item.Id, Image = image };
        if (random.Chance(settings.MissingText) && image.Length > 0)
            return row;

        var (theme, category) = (item.Theme, item.Category);
        if (random.Chance(settings.NoisyText))
            (theme, category) = (random.Below(Assortment.Themes.Length), random.Below(categories.Length));
        string[] names = categories[category];
        string[] words = Assortment.Themes[theme];
        string color = Assortment.Colors[item.Color].Name;
        string name = names[random.Below(names.Length)];
        int first = random.Below(words.Length);
        int second = (first + 1 + random.Below(words.Length - 1)) % words.Length;
        string filler = Assortment.Fillers[random.Below(Assortment.Fillers.Length)];
        string title = string.Create(CultureInfo.InvariantCulture,
            $"{Capital(words[first])} {(random.Chance(0.6) ? color + " " : "")}{name}, {filler}{(random.Chance(0.3) ? $", no. {random.Below(900) + 100}" : "")}");
        return row with
        {
            Title = title,
            Category = random.Chance(0.9) ? $"{Capital(domain)}, {Capital(names[0])}" : Capital(domain),
            Brand = random.Chance(0.85) ? Assortment.Brands[item.Brand] : "",
            Description = random.Chance(0.7)
                ? $"A {Assortment.Fillers[random.Below(Assortment.Fillers.Length)]} {names[random.Below(names.Length)]} in {words[second]} style; {color} finish."
                : "",
        };
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

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
        double shade = random.Between(0.85, 1.1);
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                var (u, v) = ((2.0 * x + 1) / size - 1, (2.0 * y + 1) / size - 1);
                int grain = random.Below(13) - 6;
                double light = shade * (1.05 - 0.15 * v);
                var (red, green, blue) = shape.Contains(u, v)
                    ? (color.Red * light, color.Green * light, color.Blue * light)
                    : pattern.ColorAt(u, v);
                int at = (y * size + x) * 3;
                _pixels[at] = ToByte(blue + grain);
                _pixels[at + 1] = ToByte(green + grain);
                _pixels[at + 2] = ToByte(red + grain);
            }
        }

        return _pixels;
    }

    private static byte ToByte(double value) => (byte)Math.Clamp(value + 0.5, 0, 255);
}

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
        double angle = Math.PI * (theme / (double)Assortment.Themes.Length) + random.Between(-0.08, 0.08);
        _kind = theme % 3;
        _cos = Math.Cos(angle);
        _sin = Math.Sin(angle);
        _frequency = (3 + 2 * (theme % 4)) * random.Between(0.9, 1.1);
        _phase = random.Between(0, 1);
        double hue = 2 * Math.PI * theme / Assortment.Themes.Length;
        _dark = (190 + 35 * Math.Cos(hue), 190 + 35 * Math.Cos(hue - 2.1), 190 + 35 * Math.Cos(hue + 2.1));
    }

    public (double Red, double Green, double Blue) ColorAt(double u, double v)
    {
        double along = (u * _cos + v * _sin) * _frequency + _phase;
        double across = (v * _cos - u * _sin) * _frequency + _phase;
        var (a, b) = (along - Math.Floor(along), across - Math.Floor(across));
        bool isDark = _kind switch
        {
            0 => a < 0.5,
            1 => (a - 0.5) * (a - 0.5) + (b - 0.5) * (b - 0.5) < 0.1,
            _ => a < 0.5 == b < 0.5,
        };
        return isDark ? _dark : (242, 240, 236);
    }
}
