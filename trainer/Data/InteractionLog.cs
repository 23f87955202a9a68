using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Every interaction of the chosen domains, held once: columns sorted by user, then time, with the users' offsets.
/// This is the mixed behaviour flow: a user's events of all domains in one order. An example is a range of events, never a copied prefix.
/// A part of a log may leave out each user's newest events without a copy (<see cref="Before"/>), so its events' numbers have gaps.
/// </summary>
public sealed class InteractionLog
{
    /// <summary>Domains of a flow at most: an event's is kept in 16 bits.</summary>
    public const int MostDomains = ushort.MaxValue + 1;

    private readonly int[] _offsets;
    private readonly int[]? _ends;
    private readonly Column<int> _items;
    private readonly Column<double> _times;
    private readonly Column<ushort> _domains;
    private readonly Column<SplitPart>? _split;

    internal InteractionLog(IReadOnlyList<string> userIds, IReadOnlyList<string> domains, int[] offsets, EventColumns events, int[]? ends = null)
    {
        (UserIds, Domains, _offsets, _ends) = (userIds, domains, offsets, ends);
        (_items, _times, _domains, _split) = events;
        EventCount = ends is null ? _items.Length : Enumerable.Range(0, ends.Length).Sum(user => ends[user] - offsets[user]);
    }

    /// <summary>Whether a target sees events of its own time.</summary>
    public SameTime SameTimeRule { get; init; } = SameTime.FileOrder;

    /// <summary>Ids of the users.</summary>
    public IReadOnlyList<string> UserIds { get; }

    /// <summary>Domains of the flow; <see cref="DomainOf"/> indexes this list.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>Number of users.</summary>
    public int UserCount => UserIds.Count;

    /// <summary>Events of all users.</summary>
    public int EventCount { get; }

    /// <summary>Events of <paramref name="user"/> are numbered from here…</summary>
    public int FirstEvent(int user) => _offsets[user];

    /// <summary>…up to, and not including, here.</summary>
    public int EndEvent(int user) => _ends is null ? _offsets[user + 1] : _ends[user];

    /// <summary>The feature store's row of the item of event <paramref name="e"/>.</summary>
    public int ItemOf(int e) => _items[e];

    /// <summary>When an event happened, in the catalogue's unit.</summary>
    public double TimeOf(int e) => _times[e];

    /// <summary>Index, in <see cref="Domains"/>, of an event's domain.</summary>
    public int DomainOf(int e) => _domains[e];

    /// <summary>The part that the catalogue's own <c>split</c> column assigns, if it has one.</summary>
    public SplitPart SplitOf(int e) => _split is null ? SplitPart.Unspecified : _split[e];

    /// <summary>Rows of the items of events [first, end).</summary>
    public ReadOnlySpan<int> Items(int first, int end) => _items.Span(first, end);

    /// <summary>
    /// The end (exclusive) of what may be seen when event <paramref name="e"/> is predicted. Events of its own time are seen where all of them before
    /// it are of its own domain, whose file has them in their order; of another domain's it is not known whether they came first, and then none
    /// of that time is seen, nor under <see cref="SameTime.Hidden"/>.
    /// </summary>
    public int VisibleEnd(int user, int e)
    {
        int end = StrictlyBefore(user, e);
        if (SameTimeRule == SameTime.Hidden) return end;
        for (int other = end; other < e; other++)
        {
            if (_domains[other] != _domains[e]) return end;
        }

        return e;
    }

    /// <summary>The end (exclusive) of the user's events before the time of event <paramref name="e"/>.</summary>
    public int StrictlyBefore(int user, int e)
    {
        int first = FirstEvent(user);
        int end = e;
        while (end > first && _times[end - 1] >= _times[e]) end--;
        return end;
    }

    /// <summary>How often each item's events are there.</summary>
    /// <param name="itemCount">Rows of the feature store.</param>
    /// <returns>By row of the store.</returns>
    public int[] CountItems(int itemCount)
    {
        int[] counts = new int[itemCount];
        for (int user = 0; user < UserCount; user++)
        {
            foreach (int row in Items(FirstEvent(user), EndEvent(user))) counts[row]++;
        }

        return counts;
    }

    /// <summary>The log without each user's newest events; the others keep their numbers, and nothing is copied.</summary>
    /// <param name="ends">By user: the end (exclusive) of what stays.</param>
    internal InteractionLog Before(int[] ends)
    {
        var part = new InteractionLog(UserIds, Domains, _offsets, new EventColumns(_items, _times, _domains, _split), ends) { SameTimeRule = SameTimeRule };
        return part.EventCount == EventCount ? this : part;
    }

    /// <summary>The log without some of its events, numbered anew; users stay, also those that have none left.</summary>
    /// <param name="keeps">Given a user and one of the user's events: whether it stays. It is asked twice.</param>
    public InteractionLog Where(Func<int, int, bool> keeps)
    {
        int[] offsets = new int[_offsets.Length];
        for (int user = 0; user < UserCount; user++)
        {
            offsets[user + 1] = offsets[user];
            for (int e = FirstEvent(user); e < EndEvent(user); e++)
            {
                if (keeps(user, e)) offsets[user + 1]++;
            }
        }

        int count = offsets[^1];
        if (count == EventCount) return this;
        var (items, times, domains, split) = (new int[count], new double[count], new ushort[count], _split is null ? null : new SplitPart[count]);
        for (int user = 0, at = 0; user < UserCount; user++)
        {
            for (int e = FirstEvent(user); e < EndEvent(user); e++)
            {
                if (!keeps(user, e)) continue;
                (items[at], times[at], domains[at]) = (_items[e], _times[e], _domains[e]);
                if (split is not null) split[at] = _split![e];
                at++;
            }
        }

        return new InteractionLog(UserIds, Domains, offsets, new EventColumns(items, times, domains, split)) { SameTimeRule = SameTimeRule };
    }
}

/// <summary>The events of a log, a column each.</summary>
/// <param name="Items">Rows in the feature store.</param>
/// <param name="Times">In the catalogue's unit.</param>
/// <param name="Domains">Indices into the flow's domains.</param>
/// <param name="Split">Parts of a given split, or null where none is given.</param>
internal sealed record EventColumns(Column<int> Items, Column<double> Times, Column<ushort> Domains, Column<SplitPart>? Split);
