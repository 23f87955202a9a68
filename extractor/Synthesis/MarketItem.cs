namespace UniM2Rec.Extractor.Synthesis;

/// <summary>What an item really is; its text and picture show it, its buyers choose by it.</summary>
/// <param name="Domain">Index of the domain.</param>
/// <param name="Number">Index within the domain.</param>
/// <param name="Category">Index within the domain's categories.</param>
/// <param name="Theme">Index of the theme.</param>
/// <param name="Color">Index of the colour.</param>
/// <param name="Brand">Index of the brand.</param>
/// <param name="Popularity">Weight, above 0, by which it is drawn.</param>
internal sealed record MarketItem(int Domain, int Number, int Category, int Theme, int Color, int Brand, double Popularity)
{
    /// <summary>Item id, unique over all domains.</summary>
    public string Id => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Assortment.Domains[Domain].Name[0]}{Domain}{Number:D5}");

    /// <summary>The items of one domain.</summary>
    public static MarketItem[] CreateDomain(SynthSettings settings, int domain)
    {
        var isTarget = domain == settings.Domains - 1 && domain > 0;
        var count = isTarget ? Math.Max(1, (int)(settings.Items * settings.TargetItemShare)) : settings.Items;
        var items = new MarketItem[count];
        for (var number = 0; number < count; number++)
        {
            var random = new SeededRandom(settings.Seed, RandomPurpose.Attributes, domain << 24 | number);
            var theme = random.Below(Assortment.Themes.Length);
            var half = Assortment.Brands.Length / 2;
            var brand = random.Chance(0.7) ? theme + half * random.Below(2) : random.Below(Assortment.Brands.Length);
            // The rank is drawn, not the place in the list, so that popularity can't be read off the id.
            var rank = random.NextDouble() * count;
            items[number] = new(domain, number, random.Below(Assortment.CategoriesPerDomain), theme, random.Below(Assortment.Colors.Length), brand,
                Math.Pow(rank + count * 0.02 + 1, -settings.PopularitySkew));
        }

        return items;
    }
}
