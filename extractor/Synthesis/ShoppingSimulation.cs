using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Extractor.Synthesis;

/// <summary>
/// Lets every shopper shop, session by session: a session has one domain and a theme that goes on from the session before, in whatever
/// domain that was; within it, the next item follows the last one's theme and category more often than plain taste.
/// </summary>
internal sealed class ShoppingSimulation
{
    private const double SecondsPerDay = 86400;
    private const double Start = 1_700_000_000;
    private readonly SynthSettings _settings;
    private readonly MarketItem[][] _items;
    private readonly Shelf[] _shelves;
    private readonly Transitions _transitions;
    private readonly InteractionTable[] _tables;

    public ShoppingSimulation(SynthSettings settings, MarketItem[][] items)
    {
        _settings = settings;
        _items = items;
        _shelves = [.. items.Select(i => new Shelf(i))];
        _transitions = new(settings);
        _tables = [.. items.Select(_ => new InteractionTable())];
    }

    /// <summary>All events, one table a domain.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public InteractionTable[] Run(CancellationToken cancellation)
    {
        for (int user = 0; user < _settings.Users; user++)
        {
            cancellation.ThrowIfCancellationRequested();
            Shop(user);
        }

        return _tables;
    }

    private void Shop(int user)
    {
        var random = new SeededRandom(_settings.Seed, RandomPurpose.Shopper, user);
        var shopper = new Shopper(_settings, ref random);
        string id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"u{user:D6}");
        var owned = Enumerable.Range(0, _settings.Domains).Select(_ => new HashSet<int>()).ToArray();
        int[] lastCategory = new int[_settings.Domains];
        Array.Fill(lastCategory, -1);
        var (theme, time) = (-1, Start + random.NextDouble() * 300 * SecondsPerDay);
        while (DrawDomain(shopper.Events, ref random) is var domain and >= 0)
        {
            bool goesOn = theme >= 0 && random.Chance(_settings.SequentialShare * _settings.TasteSharing);
            theme = goesOn ? _transitions.NextTheme(theme) : shopper.DrawTheme(domain, ref random);
            for (int n = Math.Min(shopper.Events[domain], 1 + random.Below(4)); n > 0; n--)
            {
                shopper.Events[domain]--;
                time += 30 + random.Exponential(240);
                var item = DrawItem(shopper, domain, theme, lastCategory[domain], owned[domain], ref random);
                if (item is null)
                    continue;
                owned[domain].Add(item.Number);
                lastCategory[domain] = item.Category;
                _tables[domain].Add(id, item.Id, Math.Floor(time), 1f);
            }

            time += 3600 + random.Exponential(4 * SecondsPerDay);
        }
    }

    private MarketItem? DrawItem(Shopper shopper, int domain, int sessionTheme, int lastCategory, HashSet<int> owned, ref SeededRandom random)
    {
        int theme = random.Chance(0.85) ? sessionTheme : shopper.DrawTheme(domain, ref random);
        int category = lastCategory >= 0 && random.Chance(_settings.SequentialShare)
            ? _transitions.NextCategory(domain, lastCategory)
            : shopper.DrawCategory(domain, ref random);
        int number = random.Chance(0.08)
            ? _shelves[domain].DrawAny(owned, ref random)
            : _shelves[domain].Draw(theme, category, shopper.Colors, owned, ref random);
        return number < 0 ? null : _items[domain][number];
    }

    /// <summary>A domain where events are left, in proportion to how many; −1 where none are.</summary>
    private static int DrawDomain(int[] events, ref SeededRandom random)
    {
        int point = random.Below(events.Sum());
        for (int d = 0; d < events.Length; d++)
        {
            point -= events[d];
            if (point < 0 && events[d] > 0)
                return d;
        }

        return -1;
    }
}

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
        int[] shared = DrawFavourites(Assortment.Themes.Length, ref random);
        _themes = new int[settings.Domains][];
        _categories = new int[settings.Domains][];
        Events = new int[settings.Domains];
        for (int d = 0; d < settings.Domains; d++)
        {
            int[] own = DrawFavourites(Assortment.Themes.Length, ref random);
            _themes[d] = new int[Favourites];
            for (int f = 0; f < Favourites; f++)
                _themes[d][f] = random.Chance(settings.TasteSharing) ? shared[f] : own[f];
            _categories[d] = DrawFavourites(Assortment.CategoriesPerDomain, ref random);
            bool isTarget = d == settings.Domains - 1;
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
        int[] favourites = new int[Favourites];
        for (int f = 0; f < Favourites; f++)
            favourites[f] = random.Below(count);
        return favourites;
    }
}

/// <summary>
/// What tends to follow what: each theme has a successor, the same in every domain, and each category has a successor within its domain. Both
/// are cycles through all values in a drawn order.
/// </summary>
internal sealed class Transitions
{
    private readonly int[] _theme;
    private readonly int[][] _category;

    public Transitions(SynthSettings settings)
    {
        _theme = Cycle(Assortment.Themes.Length, new(settings.Seed, RandomPurpose.Transitions, 0));
        _category = [.. Enumerable.Range(1, settings.Domains).Select(d => Cycle(Assortment.CategoriesPerDomain, new(settings.Seed, RandomPurpose.Transitions, d)))];
    }

    public int NextTheme(int theme) => _theme[theme];

    public int NextCategory(int domain, int category) => _category[domain][category];

    private static int[] Cycle(int count, SeededRandom random)
    {
        int[] order = Enumerable.Range(0, count).ToArray();
        for (int i = count - 1; i > 0; i--)
        {
            int other = random.Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        int[] next = new int[count];
        for (int i = 0; i < count; i++)
            next[order[i]] = order[(i + 1) % count];
        return next;
    }
}
