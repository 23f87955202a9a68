using System.Text;
using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

/// <summary>The interactions of several domains of a catalogue, to be read into one <see cref="InteractionLog"/>.</summary>
/// <param name="Dataset">The catalogue.</param>
/// <param name="Store">Tells an item's row; interactions with items that it does not hold are rejected.</param>
/// <param name="Domains">Domains of the flow.</param>
/// <param name="SameTime">Whether a target sees events of its own time.</param>
/// <param name="IsGone">Tells items, by domain and id, that have left the catalogue: their events are passed over, and are no fault of the rows; null for none.</param>
public sealed record InteractionSource(Dataset Dataset, FeatureStore Store, IReadOnlyList<string> Domains, SameTime SameTime, Func<string, string, bool>? IsGone = null);

/// <summary>Reads interactions into logs.</summary>
public static class InteractionLogReader
{
    private const int CancellationStride = 1 << 16;

    /// <summary>Memory of <see cref="Of"/>, whose histories are in memory anyway.</summary>
    private const long Unbounded = long.MaxValue;

    /// <summary>Reads all events into memory.</summary>
    /// <param name="source">The interactions.</param>
    /// <param name="rejects">Takes the rows that are left out, with the reason.</param>
    /// <param name="sortBytes">What sorting takes at most.</param>
    /// <param name="context">Shows how far it is, and stops it.</param>
    /// <exception cref="UserErrorException">A domain is unknown, nothing is left, or too many rows were rejected.</exception>
    public static InteractionLog Read(InteractionSource source, RejectLog rejects, long sortBytes, (IProgressSink Progress, CancellationToken Cancellation) context)
    {
        using var sorter = new EventSorter(sortBytes);
        var users = new IdSet();
        bool predefined = Collect(source, rejects, (users, sorter), context);
        return InMemory(new UserNames(users.Text.ToArray(), users.Ends.ToArray()), (source.Domains, source.SameTime), sorter, predefined);
    }

    /// <summary>Hands all events to a sorter, the users numbered as they come.</summary>
    /// <param name="source">The interactions.</param>
    /// <param name="rejects">Takes the rows that are left out, with the reason.</param>
    /// <param name="into">Takes users and events.</param>
    /// <param name="context">Shows how far it is, and stops it.</param>
    /// <returns>Whether some event carries a mark of a given split.</returns>
    internal static bool Collect(
        InteractionSource source, RejectLog rejects, (IdSet Users, EventSorter Events) into, (IProgressSink Progress, CancellationToken Cancellation) context)
    {
        var (users, events) = into;
        bool predefined = false;
        byte[] id = new byte[256];
        using (var task = context.Progress.Start("Reading interactions", null, "events"))
        {
            for (int d = 0; d < source.Domains.Count; d++)
            {
                string domain = source.Domains[d];
                source.Dataset.RequireDomain(domain);
                foreach (var interaction in source.Dataset.ReadInteractions(domain, rejects))
                {
                    int row = source.Store.FindRow(domain, interaction.ItemId);
                    if (row < 0)
                    {
                        if (source.IsGone?.Invoke(domain, interaction.ItemId) == true) continue;
                        rejects.RejectCurrent(UnknownItem(domain, interaction.ItemId));
                        continue;
                    }

                    int most = Encoding.UTF8.GetMaxByteCount(interaction.UserId.Length);
                    if (most > id.Length) id = new byte[most];
                    int user = users.Number(id.AsSpan(0, Encoding.UTF8.GetBytes(interaction.UserId, id)));
                    predefined |= interaction.Split != SplitPart.Unspecified;
                    events.Add(user, interaction.Timestamp, row, checked((ushort)d), interaction.Split);
                    task.Advance();
                    if (events.Count % CancellationStride == 0) context.Cancellation.ThrowIfCancellationRequested();
                }
            }
        }

        rejects.ThrowIfTooMany();
        if (events.Count == 0)
            throw new UserErrorException($"No interaction was found in {string.Join(", ", source.Domains)} of {source.Dataset.Folder}; their interactions.csv must hold rows whose items are in items.csv.");
        return predefined;
    }

    /// <summary>Why a row is rejected whose item the store does not hold.</summary>
    internal static string UnknownItem(string domain, string itemId) => $"item '{itemId}' is not in {domain}/items.csv";

    /// <summary>Histories as a log of their own, over all domains of the store.</summary>
    /// <param name="history">The events, all of them with times or none.</param>
    /// <param name="store">Tells an item's row.</param>
    /// <param name="sameTime">Whether a target sees events of its own time.</param>
    /// <returns>The log, and the events of items that the store does not hold, which are left out.</returns>
    public static (InteractionLog Log, IReadOnlyList<HistoryEvent> Unknown) Of(IReadOnlyList<HistoryEvent> history, FeatureStore store, SameTime sameTime)
    {
        var domains = store.Domains.Select((domain, index) => (domain.Name, index)).ToDictionary();
        var (users, userIds, unknown) = (new Dictionary<string, int>(), new List<string>(), new List<HistoryEvent>());
        using var events = new EventSorter(Unbounded);
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

            events.Add(user, told.Time ?? events.Count, row, checked((ushort)domains[told.Domain]), SplitPart.Unspecified);
        }

        return (InMemory(userIds, ([.. store.Domains.Select(domain => domain.Name)], sameTime), events, predefined: false), unknown);
    }

    private static InteractionLog InMemory(IReadOnlyList<string> userIds, (IReadOnlyList<string> Domains, SameTime SameTime) flow, EventSorter sorter, bool predefined)
    {
        int count = sorter.Count;
        var (items, times, domains, split) = (new int[count], new double[count], new ushort[count], predefined ? new SplitPart[count] : null);
        int[] offsets = new int[userIds.Count + 1];
        int at = 0;
        foreach (var e in sorter.Sorted())
        {
            (items[at], times[at], domains[at]) = (e.Row, e.Time, e.Domain);
            if (split is not null) split[at] = e.Split;
            offsets[e.User + 1] = ++at;
        }

        return new InteractionLog(userIds, flow.Domains, offsets, new EventColumns(items, times, domains, split)) { SameTimeRule = flow.SameTime };
    }
}
