namespace UniM2Rec.Extractor.Synthesis;

/// <summary>
/// What there is to sell: domains with their categories (names of one domain only), and themes, colours and brands that all domains share.
/// That shared part is what a model can carry from one domain into another.
/// </summary>
internal static class Assortment
{
    public const int CategoriesPerDomain = 10;

    /// <summary>Domains in order; each category has names that mean the same.</summary>
    public static readonly (string Name, string[][] Categories)[] Domains =
    [
        ("home", [["lamp", "table light"], ["rug", "floor carpet"], ["cushion", "throw pillow"], ["curtain", "window drape"], ["wall clock", "hanging timepiece"],
            ["mirror", "looking glass"], ["bookshelf", "shelving unit"], ["blanket", "bedspread"], ["candle holder", "tealight stand"], ["picture frame", "photo frame"]]),
        ("clothing", [["shirt", "button-up top"], ["dress", "gown"], ["scarf", "neck wrap"], ["jacket", "outer coat"], ["socks", "ankle socks"],
            ["hat", "brimmed cap"], ["belt", "waist strap"], ["sneakers", "lace-up shoes"], ["sweater", "knit pullover"], ["gloves", "mittens"]]),
        ("kitchen", [["mug", "coffee cup"], ["plate", "dinner dish"], ["apron", "cooking smock"], ["kettle", "water boiler"], ["knife block", "cutlery stand"],
            ["cutting board", "chopping board"], ["storage jar", "canister"], ["tea towel", "dish cloth"], ["baking tin", "cake mould"], ["serving bowl", "salad bowl"]]),
        ("office", [["notebook", "writing pad"], ["pen set", "ballpoint set"], ["desk organizer", "drawer tidy"], ["mouse pad", "desk mat"], ["file folder", "document wallet"],
            ["stapler", "paper fastener"], ["desk calendar", "day planner"], ["bookend", "book stop"], ["paper tray", "letter tray"], ["pencil case", "pencil pouch"]]),
        ("garden", [["planter", "flower pot"], ["watering can", "sprinkler can"], ["bird feeder", "seed feeder"], ["garden lantern", "path light"], ["trowel", "hand spade"],
            ["wind chime", "garden bells"], ["bench", "outdoor seat"], ["parasol", "sun umbrella"], ["doormat", "entrance mat"], ["fire bowl", "fire pit"]]),
        ("toys", [["puzzle", "jigsaw"], ["plush animal", "soft toy"], ["building blocks", "brick set"], ["toy car", "model car"], ["dollhouse", "play house"],
            ["board game", "family game"], ["kite", "wind flyer"], ["yo-yo", "string spinner"], ["marble run", "ball track"], ["play tent", "kids tepee"]]),
        ("sports", [["yoga mat", "exercise mat"], ["water bottle", "drink flask"], ["gym bag", "duffel"], ["jump rope", "skipping rope"], ["headband", "sweat band"],
            ["tennis balls", "court balls"], ["dumbbells", "hand weights"], ["cycling jersey", "bike top"], ["beach towel", "swim towel"], ["frisbee", "flying disc"]]),
        ("beauty", [["hand cream", "hand lotion"], ["soap bar", "bath soap"], ["hair brush", "paddle brush"], ["makeup bag", "cosmetic pouch"], ["nail polish", "nail lacquer"],
            ["bath bomb", "bath fizz"], ["perfume", "eau de toilette"], ["lip balm", "lip butter"], ["shower cap", "hair cap"], ["face mask", "sheet mask"]]),
    ];

    /// <summary>Themes; the words of one theme go together.</summary>
    public static readonly string[][] Themes =
    [
        ["rustic", "farmhouse", "weathered", "barnwood", "country", "homestead"],
        ["nautical", "coastal", "anchor", "sailor", "harbor", "marine"],
        ["botanical", "leafy", "fern", "herbarium", "meadow", "blossom"],
        ["retro", "vintage", "seventies", "diner", "jukebox", "nostalgic"],
        ["minimal", "scandinavian", "plain", "streamlined", "nordic", "understated"],
        ["industrial", "steel", "pipe", "loft", "workshop", "riveted"],
        ["celestial", "starry", "lunar", "galaxy", "cosmic", "moonlit"],
        ["safari", "leopard", "jungle", "savanna", "tiger", "zebra"],
        ["gothic", "raven", "velvet", "victorian", "midnight", "baroque"],
        ["candy", "pastel", "sprinkle", "bubblegum", "rainbow", "playful"],
        ["alpine", "mountain", "lodge", "pine", "snowy", "trail"],
        ["geometric", "hexagon", "mosaic", "tessellated", "angular", "prism"],
    ];

    /// <summary>Colours with red, green and blue, 0 to 255.</summary>
    public static readonly (string Name, byte Red, byte Green, byte Blue)[] Colors =
    [
        ("red", 205, 40, 45), ("orange", 235, 130, 30), ("yellow", 240, 210, 50), ("green", 50, 150, 60), ("teal", 30, 150, 150),
        ("blue", 45, 80, 200), ("purple", 120, 50, 160), ("pink", 235, 120, 170), ("brown", 120, 75, 40), ("black", 35, 35, 40),
    ];

    /// <summary>Brands; brand i mostly makes theme i mod the number of themes.</summary>
    public static readonly string[] Brands =
    [
        "Oakhollow", "Tidewell", "Fernby", "Rewinda", "Plainlund", "Forgeworks", "Nebulae", "Wildera", "Ravenmoor", "Poppsy", "Peakhaus", "Tessera",
        "Millbrook", "Seabright", "Greenleaf & Co", "Oldtown", "Halden", "Ironside", "Starfall", "Kijani", "Nocturne", "Lolli", "Summit Lane", "Polygon",
    ];

    /// <summary>Words that say nothing.</summary>
    public static readonly string[] Fillers =
    [
        "quality", "durable", "gift", "everyday", "premium", "easy care", "lightweight", "handmade", "popular", "new", "large", "small", "set of two", "compact", "bestseller",
    ];
}

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
        int found = DrawFrom(_byThemeAndCategory[theme * Assortment.CategoriesPerDomain + category], likedColors, owned, ref random);
        if (found < 0)
            found = DrawFrom(_byTheme[theme], likedColors, owned, ref random);
        return found < 0 ? DrawAny(owned, ref random) : found;
    }

    /// <summary>Draws any item that is not owned yet, by popularity alone.</summary>
    public int DrawAny(HashSet<int> owned, ref SeededRandom random) => DrawFrom(_all, [], owned, ref random);

    private int DrawFrom((int[] Items, double[] Sums) choice, ReadOnlySpan<int> likedColors, HashSet<int> owned, ref SeededRandom random)
    {
        const int tries = 6;
        int fallback = -1;
        for (int t = 0; t < tries && choice.Items.Length > 0; t++)
        {
            int number = choice.Items[random.Draw(choice.Sums)];
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
        double sum = 0.0;
        return [.. weights.Select(w => sum += w)];
    }
}

/// <summary>The outline that stands for a category, turned, shifted and scaled a little for each item.</summary>
internal readonly struct CategoryShape
{
    private readonly int _category;
    private readonly double _centerX;
    private readonly double _centerY;
    private readonly double _scale;
    private readonly double _aspect;
    private readonly double _cos;
    private readonly double _sin;

    public CategoryShape(int category, int domain, ref SeededRandom random)
    {
        // Each domain takes the outlines in another order and proportion: shapes mean something only within their domain.
        _category = (category + 3 * domain) % Assortment.CategoriesPerDomain;
        _aspect = 1 + 0.12 * (domain % 4);
        _centerX = random.Between(-0.15, 0.15);
        _centerY = random.Between(-0.15, 0.15);
        _scale = 1 / random.Between(0.5, 0.7);
        double turn = random.Between(-0.2, 0.2);
        _cos = Math.Cos(turn);
        _sin = Math.Sin(turn);
    }

    public bool Contains(double u, double v)
    {
        var (dx, dy) = ((u - _centerX) * _scale, (v - _centerY) * _scale);
        var (x, y) = (dx * _cos + dy * _sin, (dy * _cos - dx * _sin) * _aspect);
        var (ax, ay) = (Math.Abs(x), Math.Abs(y));
        double radius = Math.Sqrt(x * x + y * y);
        return _category switch
        {
            0 => radius < 0.9,
            1 => ax < 0.8 && ay < 0.8,
            2 => y < 0.7 && y > 1.9 * ax - 0.9,
            3 => radius < 0.95 && radius > 0.55,
            4 => (ax < 0.3 && ay < 0.95) || (ay < 0.3 && ax < 0.95),
            5 => ax + ay < 0.95,
            6 => ax < 0.85 && 0.5 * ax + 0.87 * ay < 0.8,
            7 => ax < 0.98 && ay < 0.4,
            8 => radius < 0.6 + 0.35 * Math.Cos(5 * Math.Atan2(y, x)),
            _ => radius < 0.9 && Math.Sqrt((x - 0.4) * (x - 0.4) + y * y) > 0.65,
        };
    }
}
