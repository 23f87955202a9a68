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
        for (var user = 0; user < _settings.Users; user++)
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
        var id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"u{user:D6}");
        var owned = Enumerable.Range(0, _settings.Domains).Select(_ => new HashSet<int>()).ToArray();
        var lastCategory = new int[_settings.Domains];
        Array.Fill(lastCategory, -1);
        var (theme, time) = (-1, Start + random.NextDouble() * 300 * SecondsPerDay);
        while (DrawDomain(shopper.Events, ref random) is var domain and >= 0)
        {
            var goesOn = theme >= 0 && random.Chance(_settings.SequentialShare * _settings.TasteSharing);
            theme = goesOn ? _transitions.NextTheme(theme) : shopper.DrawTheme(domain, ref random);
            for (var n = Math.Min(shopper.Events[domain], 1 + random.Below(4)); n > 0; n--)
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
        var theme = random.Chance(0.85) ? sessionTheme : shopper.DrawTheme(domain, ref random);
        var category = lastCategory >= 0 && random.Chance(_settings.SequentialShare)
            ? _transitions.NextCategory(domain, lastCategory)
            : shopper.DrawCategory(domain, ref random);
        var number = random.Chance(0.08)
            ? _shelves[domain].DrawAny(owned, ref random)
            : _shelves[domain].Draw(theme, category, shopper.Colors, owned, ref random);
        return number < 0 ? null : _items[domain][number];
    }

    /// <summary>A domain where events are left, in proportion to how many; −1 where none are.</summary>
    private static int DrawDomain(int[] events, ref SeededRandom random)
    {
        var point = random.Below(events.Sum());
        for (var d = 0; d < events.Length; d++)
        {
            point -= events[d];
            if (point < 0 && events[d] > 0)
                return d;
        }

        return -1;
    }
}
