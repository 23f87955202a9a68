using System.CommandLine;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Which columns of plain tables mean what: those that the user names, else those of the usual names.</summary>
internal sealed class CsvColumns(ParseResult parsed)
{
    public static readonly Option<string[]> User = Column("--user", "user_id", "user", "userid", "customer_id", "customer", "visitor_id", "visitorid", "session_id", "reviewerid", "uid");
    public static readonly Option<string[]> Item = Column("--item", "item_id", "item", "itemid", "product_id", "productid", "product", "movie_id", "movieid", "parent_asin", "asin", "sku", "iid");
    public static readonly Option<string[]> Time = Column("--time", "timestamp", "time", "date", "datetime", "created_at", "event_time", "unixreviewtime", "ts");
    public static readonly Option<string[]> Rating = Column("--rating", "rating", "stars", "score", "overall");
    public static readonly Option<string[]> Split = Column("--split", "split");
    public static readonly Option<string[]> Title = Column("--title", "title", "name", "item_name", "product_name", "product_title");
    public static readonly Option<string[]> Category = Column("--category", "category", "categories", "genre", "genres");
    public static readonly Option<string[]> Brand = Column("--brand", "brand", "manufacturer", "author", "publisher", "store");
    public static readonly Option<string[]> Description = Column("--description", "description", "body", "text", "summary");
    public static readonly Option<string[]> Image = Column("--image", "image", "image_path", "picture", "photo");
    private static readonly Option<string[]> EventColumns = ListOption.Create("--columns", "Names of the columns of --interactions, in order, where its first row does not name them.");
    private static readonly Option<string[]> ItemColumns = ListOption.Create("--item-columns", "The same for --items.");
    private static readonly Option<bool> FileOrder = new("--file-order") { Description = "Take events in the order of the file, where it has no time." };
    private static readonly Option<bool> Html = new("--html") { Description = "Texts of the items are HTML: tags become spaces, references such as &eacute; are decoded." };
    private static readonly Option<string> Separator = new("--separator") { Description = "Between fields: comma, semicolon, tab, pipe, or auto, which finds it.", DefaultValueFactory = _ => "auto" };

    /// <summary>Options of this importer about columns.</summary>
    public static IReadOnlyList<Option> Options => [User, Item, Time, FileOrder, Rating, Split, Title, Category, Brand, Description, Image, Html, Separator, EventColumns, ItemColumns];

    /// <summary>Whether events are in the order of the file.</summary>
    public bool TakesFileOrder => parsed.GetValue(FileOrder);

    /// <summary>Whether texts are HTML.</summary>
    public bool AreHtml => parsed.GetValue(Html);

    /// <summary>Whether the user has named a column.</summary>
    public bool IsAsked(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Opens a table of events.</summary>
    /// <exception cref="UserErrorException">It is missing, empty or unreadable, or the separator is none.</exception>
    public CsvTable OpenEvents(string path, RejectLog rejects) => CsvTable.OpenForeign(path, rejects, SeparatorOf(), parsed.GetValue(EventColumns) is { Length: > 0 } names ? names : null);

    /// <summary>Opens a table of items.</summary>
    /// <exception cref="UserErrorException">It is missing, empty or unreadable, or the separator is none.</exception>
    public CsvTable OpenItems(string path, RejectLog rejects) => CsvTable.OpenForeign(path, rejects, SeparatorOf(), parsed.GetValue(ItemColumns) is { Length: > 0 } names ? names : null);

    /// <summary>Column of the first of an option's names that a table has, or −1.</summary>
    /// <param name="table">The table.</param>
    /// <param name="option">The option.</param>
    /// <param name="isNeeded">Whether the table must have it, also where the user has not named it.</param>
    /// <exception cref="UserErrorException">A column that is needed or was named is not there.</exception>
    public int Find(CsvTable table, Option<string[]> option, bool isNeeded = false)
    {
        string[] names = parsed.GetRequiredValue(option);
        int found = new[] { StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase }
            .SelectMany(comparison => names.Select(name => IndexOf(table.Columns, name.Trim(), comparison))).FirstOrDefault(column => column >= 0, -1);
        if (found >= 0 || !(isNeeded || IsAsked(option)))
            return found;
        string wanted = IsAsked(option) ? string.Join(" or ", names.Select(name => $"'{name}'")) : $"for {option.Name} of a usual name ({string.Join(", ", names.Take(3))}, ...)";
        throw new UserErrorException($"{table.Path} has no column {wanted}; its first row has: {Excerpt.Of(string.Join(", ", table.Columns))}: name one of these by {option.Name}{(option == Time ? ", or give --file-order where events are in order of time" : "")}.");
    }

    private char? SeparatorOf() => parsed.GetRequiredValue(Separator).ToLowerInvariant() switch
    {
        "auto" => null,
        "comma" or "," => ',',
        "semicolon" or ";" => ';',
        "tab" or "\t" or "\\t" => '\t',
        "pipe" or "|" => '|',
        var other => throw UserErrorException.Usage($"--separator is '{other}', but comma, semicolon, tab, pipe or auto was expected"),
    };

    private static int IndexOf(IReadOnlyList<string> columns, string name, StringComparison comparison)
    {
        for (int column = 0; column < columns.Count; column++)
        {
            if (columns[column].Equals(name, comparison))
                return column;
        }

        return -1;
    }

    private static Option<string[]> Column(string option, params string[] usual) => new(option)
    {
        Description = "Names of the column, whatever their case; the first that the table has is taken.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => usual,
        HelpName = "column",
    };
}
