namespace UniM2Rec.Trainer.Sequences;

/// <summary>
/// Every interaction of the chosen domains, held once: columns sorted by user, then time, with the users' offsets.
/// This is the mixed behaviour flow: a user's events of all domains in one order. An example is a range of events, never a copied prefix.
/// </summary>
public sealed class InteractionLog
{
    /// <summary>Domains of a flow at most: an event's is kept in 16 bits.</summary>
    public const int MostDomains = ushort.MaxValue + 1;

    private readonly int[] _offsets;
    private readonly int[] _items;
    private readonly double[] _times;
    private readonly ushort[] _domains;
    private readonly SplitPart[]? _split;

    internal InteractionLog(
        IReadOnlyList<string> userIds, IReadOnlyList<string> domains, int[] offsets, int[] items, double[] times, ushort[] eventDomains, SplitPart[]? split)
    {
        UserIds = userIds;
        Domains = domains;
        _offsets = offsets;
        _items = items;
        _times = times;
        _domains = eventDomains;
        _split = split;
    }

    public IReadOnlyList<string> UserIds { get; }

    /// <summary>Domains of the flow; <see cref="DomainOf"/> indexes this list.</summary>
    public IReadOnlyList<string> Domains { get; }

    public int UserCount => UserIds.Count;

    public int EventCount => _items.Length;

    /// <summary>Events of <paramref name="user"/> are numbered from here…</summary>
    public int FirstEvent(int user) => _offsets[user];

    /// <summary>…up to, and not including, here.</summary>
    public int EndEvent(int user) => _offsets[user + 1];

    /// <summary>The feature store's row of the item of event <paramref name="e"/>.</summary>
    public int ItemOf(int e) => _items[e];

    public double TimeOf(int e) => _times[e];

    public int DomainOf(int e) => _domains[e];

    /// <summary>The part that the catalogue's own <c>split</c> column assigns, if it has one.</summary>
    public SplitPart SplitOf(int e) => _split is null ? SplitPart.Unspecified : _split[e];

    /// <summary>Rows of the items of events [first, end).</summary>
    public ReadOnlySpan<int> Items(int first, int end) => _items.AsSpan(first, end - first);

    /// <summary>
    /// The end (exclusive) of what may be seen when event <paramref name="e"/> is predicted: the user's events strictly before its time.
    /// </summary>
    public int VisibleEnd(int user, int e)
    {
        int first = FirstEvent(user);
        int end = e;
        while (end > first && _times[end - 1] >= _times[e]) end--;
        return end;
    }
}
