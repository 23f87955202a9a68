namespace UniM2Rec.Extractor.Synthesis;

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
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var other = random.Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        var next = new int[count];
        for (var i = 0; i < count; i++)
            next[order[i]] = order[(i + 1) % count];
        return next;
    }
}
