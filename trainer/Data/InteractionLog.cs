using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

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

    internal InteractionLog(IReadOnlyList<string> userIds, IReadOnlyList<string> domains, int[] offsets, EventColumns events)
    {
        (UserIds, Domains, _offsets) = (userIds, domains, offsets);
        (_items, _times, _domains, _split) = events;
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
    public int EventCount => _items.Length;

    /// <summary>Events of <paramref name="user"/> are numbered from here…</summary>
    public int FirstEvent(int user) => _offsets[user];

    /// <summary>…up to, and not including, here.</summary>
    public int EndEvent(int user) => _offsets[user + 1];

    /// <summary>The feature store's row of the item of event <paramref name="e"/>.</summary>
    public int ItemOf(int e) => _items[e];

    /// <summary>When an event happened, in the catalogue's unit.</summary>
    public double TimeOf(int e) => _times[e];

    /// <summary>Index, in <see cref="Domains"/>, of an event's domain.</summary>
    public int DomainOf(int e) => _domains[e];

    /// <summary>The part that the catalogue's own <c>split</c> column assigns, if it has one.</summary>
    public SplitPart SplitOf(int e) => _split is null ? SplitPart.Unspecified : _split[e];

    /// <summary>Rows of the items of events [first, end).</summary>
    public ReadOnlySpan<int> Items(int first, int end) => _items.AsSpan(first, end - first);

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

    /// <summary>The log without some of its events; users stay, also those that have none left.</summary>
    /// <param name="keeps">Given a user and one of the user's events: whether it stays.</param>
    public InteractionLog Where(Func<int, int, bool> keeps)
    {
        int[] offsets = new int[_offsets.Length];
        var kept = new List<int>(EventCount);
        for (int user = 0; user < UserCount; user++)
        {
            for (int e = FirstEvent(user); e < EndEvent(user); e++)
            {
                if (keeps(user, e)) kept.Add(e);
            }

            offsets[user + 1] = kept.Count;
        }

        if (kept.Count == EventCount) return this;
        return new InteractionLog(UserIds, Domains, offsets, new EventColumns(Chosen(_items), Chosen(_times), Chosen(_domains), _split is null ? null : Chosen(_split)))
        {
            SameTimeRule = SameTimeRule,
        };

        T[] Chosen<T>(T[] column) => kept.ConvertAll(e => column[e]).ToArray();
    }
}

/// <summary>The events of a log, a column each.</summary>
/// <param name="Items">Rows in the feature store.</param>
/// <param name="Times">In the catalogue's unit.</param>
/// <param name="Domains">Indices into the flow's domains.</param>
/// <param name="Split">Parts of a given split, or null where none is given.</param>
internal sealed record EventColumns(int[] Items, double[] Times, ushort[] Domains, SplitPart[]? Split);

/// <summary>Reads the interactions of several domains of a catalogue into one <see cref="InteractionLog"/>.</summary>
public static class InteractionLogReader
{
    private const int CancellationStride = 1 << 16;

    /// <param name="dataset">The catalogue.</param>
    /// <param name="store">Tells an item's row; interactions with items that it does not hold are rejected.</param>
    /// <param name="flow">Domains of the flow, and whether a target sees events of its own time.</param>
    /// <param name="rejects">Takes the rows that are left out, with the reason.</param>
    /// <param name="isGone">Tells items, by domain and id, that have left the catalogue: their events are passed over, and are no fault of the rows; null for none.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UserErrorException">A domain is unknown, nothing is left, or too many rows were rejected.</exception>
    public static InteractionLog Read(
        Dataset dataset, FeatureStore store, (IReadOnlyList<string> Domains, SameTime SameTime) flow, RejectLog rejects, IProgressSink progress, CancellationToken cancellation,
        Func<string, string, bool>? isGone = null)
    {
        var domains = flow.Domains;
        var users = new Dictionary<string, int>();
        var userIds = new List<string>();
        var events = new List<Event>();
        bool predefined = false;
        using (var task = progress.Start("Reading interactions", null, "events"))
        {
            for (int d = 0; d < domains.Count; d++)
            {
                dataset.RequireDomain(domains[d]);
                foreach (var interaction in dataset.ReadInteractions(domains[d], rejects))
                {
                    int row = store.FindRow(domains[d], interaction.ItemId);
                    if (row < 0)
                    {
                        if (isGone?.Invoke(domains[d], interaction.ItemId) == true) continue;
                        rejects.RejectCurrent($"item '{interaction.ItemId}' is not in {domains[d]}/items.csv");
                        continue;
                    }

                    if (!users.TryGetValue(interaction.UserId, out int user))
                    {
                        user = userIds.Count;
                        users.Add(interaction.UserId, user);
                        userIds.Add(interaction.UserId);
                    }

                    predefined |= interaction.Split != SplitPart.Unspecified;
                    events.Add(new Event(user, interaction.Timestamp, row, checked((ushort)d), interaction.Split));
                    task.Advance();
                    if (events.Count % CancellationStride == 0) cancellation.ThrowIfCancellationRequested();
                }
            }
        }

        rejects.ThrowIfTooMany();
        if (events.Count == 0)
            throw new UserErrorException($"No interaction was found in {string.Join(", ", domains)} of {dataset.Folder}; their interactions.csv must hold rows whose items are in items.csv.");
        return Sort(userIds, flow, events, predefined);
    }

    /// <summary>Histories as a log of their own, over all domains of the store.</summary>
    /// <param name="history">The events, all of them with times or none.</param>
    /// <param name="store">Tells an item's row.</param>
    /// <param name="sameTime">Whether a target sees events of its own time.</param>
    /// <returns>The log, and the events of items that the store does not hold, which are left out.</returns>
    public static (InteractionLog Log, IReadOnlyList<HistoryEvent> Unknown) Of(IReadOnlyList<HistoryEvent> history, FeatureStore store, SameTime sameTime)
    {
        var domains = store.Domains.Select((domain, index) => (domain.Name, index)).ToDictionary();
        var (users, userIds, events, unknown) = (new Dictionary<string, int>(), new List<string>(), new List<Event>(), new List<HistoryEvent>());
        foreach (var told in history)
        {
            int row = domains.ContainsKey(told.Domain) ? store.FindRow(told.Domain, told.ItemId) : -1;
            if (row < 0)
            {
                unknown.Add(told);
                continue;
            }

            if (!users.TryGetValue(told.User, out int user))
            {
                users.Add(told.User, user = userIds.Count);
                userIds.Add(told.User);
            }

            events.Add(new Event(user, told.Time ?? events.Count, row, checked((ushort)domains[told.Domain]), SplitPart.Unspecified));
        }

        return (Sort(userIds, ([.. store.Domains.Select(domain => domain.Name)], sameTime), events, predefined: false), unknown);
    }

    /// <summary>Counting sort by user, then a stable sort by time within each: equal times keep the order of reading.</summary>
    private static InteractionLog Sort(List<string> userIds, (IReadOnlyList<string> Domains, SameTime SameTime) flow, List<Event> events, bool predefined)
    {
        int[] offsets = new int[userIds.Count + 1];
        foreach (var e in events) offsets[e.User + 1]++;
        for (int u = 0; u < userIds.Count; u++) offsets[u + 1] += offsets[u];

        int[] next = offsets.AsSpan(0, userIds.Count).ToArray();
        int[] order = new int[events.Count];
        for (int i = 0; i < events.Count; i++) order[next[events[i].User]++] = i;

        int[] items = new int[events.Count];
        double[] times = new double[events.Count];
        ushort[] eventDomains = new ushort[events.Count];
        var split = predefined ? new SplitPart[events.Count] : null;
        for (int u = 0; u < userIds.Count; u++)
        {
            var slice = order.AsSpan(offsets[u], offsets[u + 1] - offsets[u]);
            slice.Sort((a, b) => events[a].Time.CompareTo(events[b].Time) is var c && c != 0 ? c : a.CompareTo(b));
            for (int k = 0; k < slice.Length; k++)
            {
                var e = events[slice[k]];
                int at = offsets[u] + k;
                items[at] = e.Row;
                times[at] = e.Time;
                eventDomains[at] = e.Domain;
                if (split is not null) split[at] = e.Split;
            }
        }

        return new InteractionLog(userIds, flow.Domains, offsets, new EventColumns(items, times, eventDomains, split)) { SameTimeRule = flow.SameTime };
    }

    private readonly record struct Event(int User, double Time, int Row, ushort Domain, SplitPart Split);
}
