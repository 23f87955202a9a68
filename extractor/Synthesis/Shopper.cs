namespace UniM2Rec.Extractor.Synthesis;

/// <summary>One person: favourite themes and colours (alike in all domains to a degree), and how often they shop where.</summary>
internal sealed class Shopper
{
    private const int Favourites = 3;
    private static readonly double[] FavouriteSums = [0.55, 0.85, 1.0];
    private readonly int[][] _themes;
    private readonly int[][] _categories;

    public Shopper(SynthSettings settings, ref SeededRandom random)
    {
        Colors = [random.Below(Assortment.Colors.Length), random.Below(Assortment.Colors.Length)];
        var shared = DrawFavourites(Assortment.Themes.Length, ref random);
        _themes = new int[settings.Domains][];
        _categories = new int[settings.Domains][];
        Events = new int[settings.Domains];
        for (var d = 0; d < settings.Domains; d++)
        {
            var own = DrawFavourites(Assortment.Themes.Length, ref random);
            _themes[d] = new int[Favourites];
            for (var f = 0; f < Favourites; f++)
                _themes[d][f] = random.Chance(settings.TasteSharing) ? shared[f] : own[f];
            _categories[d] = DrawFavourites(Assortment.CategoriesPerDomain, ref random);
            var isTarget = d == settings.Domains - 1;
            if (random.Chance(isTarget ? 0.5 : 0.6))
                Events[d] = isTarget ? 4 + (int)random.Exponential(2) : 5 + (int)random.Exponential(5);
        }

        if (Events.Sum() == 0)
            Events[random.Below(settings.Domains)] = 5;
    }

    /// <summary>Colours that are preferred.</summary>
    public int[] Colors { get; }

    /// <summary>How many events the person has in each domain.</summary>
    public int[] Events { get; }

    public int DrawTheme(int domain, ref SeededRandom random) =>
        random.Chance(0.9) ? _themes[domain][random.Draw(FavouriteSums)] : random.Below(Assortment.Themes.Length);

    public int DrawCategory(int domain, ref SeededRandom random) =>
        random.Chance(0.6) ? _categories[domain][random.Draw(FavouriteSums)] : random.Below(Assortment.CategoriesPerDomain);

    private static int[] DrawFavourites(int count, ref SeededRandom random)
    {
        var favourites = new int[Favourites];
        for (var f = 0; f < Favourites; f++)
            favourites[f] = random.Below(count);
        return favourites;
    }
}
