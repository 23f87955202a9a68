namespace UniM2Rec.Extractor.Synthesis;

/// <summary>The items of one domain arranged for drawing: by theme and category, by theme, and all; each with running sums of popularity.</summary>
internal sealed class Shelf
{
    private readonly MarketItem[] _items;
    private readonly (int[] Items, double[] Sums)[] _byThemeAndCategory;
    private readonly (int[] Items, double[] Sums)[] _byTheme;
    private readonly (int[] Items, double[] Sums) _all;

    public Shelf(MarketItem[] items)
    {
        _items = items;
        _byThemeAndCategory = Arrange(Assortment.Themes.Length * Assortment.CategoriesPerDomain, i => i.Theme * Assortment.CategoriesPerDomain + i.Category);
        _byTheme = Arrange(Assortment.Themes.Length, i => i.Theme);
        _all = Arrange(1, _ => 0)[0];
    }

    /// <summary>
    /// Draws an item of a theme and category that is not owned yet, by popularity and with a liking for some colours; where all of them are
    /// owned, one of the theme, and then any.
    /// </summary>
    /// <returns>The item's number, or −1 where everything tried was owned.</returns>
    public int Draw(int theme, int category, ReadOnlySpan<int> likedColors, HashSet<int> owned, ref SeededRandom random)
    {
        var found = DrawFrom(_byThemeAndCategory[theme * Assortment.CategoriesPerDomain + category], likedColors, owned, ref random);
        if (found < 0)
            found = DrawFrom(_byTheme[theme], likedColors, owned, ref random);
        return found < 0 ? DrawAny(owned, ref random) : found;
    }

    /// <summary>Draws any item that is not owned yet, by popularity alone.</summary>
    public int DrawAny(HashSet<int> owned, ref SeededRandom random) => DrawFrom(_all, [], owned, ref random);

    private int DrawFrom((int[] Items, double[] Sums) choice, ReadOnlySpan<int> likedColors, HashSet<int> owned, ref SeededRandom random)
    {
        const int tries = 6;
        var fallback = -1;
        for (var t = 0; t < tries && choice.Items.Length > 0; t++)
        {
            var number = choice.Items[random.Draw(choice.Sums)];
            if (owned.Contains(number))
                continue;
            if (likedColors.IsEmpty || likedColors.Contains(_items[number].Color))
                return number;
            fallback = number;
        }

        return fallback;
    }

    private (int[] Items, double[] Sums)[] Arrange(int count, Func<MarketItem, int> key)
    {
        var groups = _items.ToLookup(key);
        return [.. Enumerable.Range(0, count).Select(k => (groups[k].Select(i => i.Number).ToArray(), RunningSums(groups[k].Select(i => i.Popularity))))];
    }

    private static double[] RunningSums(IEnumerable<double> weights)
    {
        var sum = 0.0;
        return [.. weights.Select(w => sum += w)];
    }
}
