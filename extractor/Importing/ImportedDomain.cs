namespace UniM2Rec.Extractor.Importing;

/// <summary>One domain as an importer hands it on: items in their final order and the events between users and items.</summary>
public sealed record ImportedDomain(string Name, IReadOnlyList<Item> Items, InteractionTable Interactions);

/// <summary>
/// The interactions of one domain while it is imported: ids are held once, an event is 24 bytes, so that tens of millions of reviews fit
/// into memory.
/// </summary>
public sealed class InteractionTable
{
    private readonly Dictionary<string, int> _userIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _itemIndex = new(StringComparer.Ordinal);
    private readonly List<string> _users = [];
    private readonly List<string> _items = [];
    private List<InteractionRow> _rows = [];

    /// <summary>The events, in the order in which they were added.</summary>
    public IReadOnlyList<InteractionRow> Rows => _rows;

    /// <summary>User ids by index.</summary>
    public IReadOnlyList<string> Users => _users;

    /// <summary>Item ids by index.</summary>
    public IReadOnlyList<string> Items => _items;

    /// <summary>Adds one event; an id that was not seen before gets the next index.</summary>
    public void Add(string userId, string itemId, double timestamp, float rating, SplitPart split = SplitPart.Unspecified) =>
        _rows.Add(new(IndexOf(userId, _userIndex, _users), IndexOf(itemId, _itemIndex, _items), timestamp, rating, split));

    /// <summary>Keeps the events that satisfy a condition; indices stay as they are.</summary>
    /// <returns>How many events were dropped.</returns>
    public int Keep(Func<InteractionRow, bool> condition) => _rows.RemoveAll(row => !condition(row));

    /// <summary>Orders the events by user (first seen first), then time; events of one moment keep their order.</summary>
    public void SortByUserAndTime() =>
        _rows = _rows.Select((row, position) => (row, position))
            .OrderBy(e => e.row.User).ThenBy(e => e.row.Timestamp).ThenBy(e => e.position)
            .Select(e => e.row).ToList();

    /// <summary>Keeps the first of events that are equal in everything; the events are ordered by user and time.</summary>
    /// <returns>How many events were dropped.</returns>
    public int DropRepeated()
    {
        var ofOneMoment = new HashSet<InteractionRow>();
        var (user, time) = (-1, 0.0);
        return _rows.RemoveAll(row =>
        {
            if (row.User != user || row.Timestamp != time)
                ofOneMoment.Clear();
            (user, time) = (row.User, row.Timestamp);
            return !ofOneMoment.Add(row);
        });
    }

    /// <summary>Multiplies every time.</summary>
    public void ScaleTimes(double factor)
    {
        if (factor != 1)
            _rows = [.. _rows.Select(row => row with { Timestamp = row.Timestamp * factor })];
    }

    /// <summary>Which items still occur in an event.</summary>
    public HashSet<string> OccurringItems() => _rows.Select(row => _items[row.Item]).ToHashSet(StringComparer.Ordinal);

    private static int IndexOf(string id, Dictionary<string, int> index, List<string> ids)
    {
        if (!index.TryGetValue(id, out int found))
        {
            found = ids.Count;
            index.Add(id, found);
            ids.Add(id);
        }

        return found;
    }
}

/// <summary>One event of an <see cref="InteractionTable"/>; user and item are indices into its id lists, the timestamp is in the source's unit.</summary>
public readonly record struct InteractionRow(int User, int Item, double Timestamp, float Rating, SplitPart Split);
