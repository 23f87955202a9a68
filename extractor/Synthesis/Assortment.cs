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
