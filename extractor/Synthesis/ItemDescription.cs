using System.Globalization;
using UniM2Rec.Catalogue;

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
        var names = categories[category];
        var words = Assortment.Themes[theme];
        var color = Assortment.Colors[item.Color].Name;
        var name = names[random.Below(names.Length)];
        var first = random.Below(words.Length);
        var second = (first + 1 + random.Below(words.Length - 1)) % words.Length;
        var filler = Assortment.Fillers[random.Below(Assortment.Fillers.Length)];
        var title = string.Create(CultureInfo.InvariantCulture,
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
