using UniM2Rec.Serving.Model;

namespace UniM2Rec.Serving;

/// <summary>Answers requests: names become rows, limits are kept, rows become names. What the endpoints do, and what a library calls.</summary>
/// <param name="current">The model.</param>
/// <param name="options">What is taken.</param>
public sealed class Recommendations(CurrentModel current, ServingOptions options)
{
    private const int LongestName = 1000;

    /// <summary>Recommends.</summary>
    /// <exception cref="RequestException">The request can't be answered.</exception>
    public async Task<RecommendAnswer> RecommendAsync(RecommendRequest request)
    {
        using var lease = current.Take();
        var model = lease.Model;
        var unknown = new List<ItemReference>();
        int[] history = HistoryOf(request, model, unknown);
        var seen = request.IncludeSeen ? [] : history.ToHashSet();
        var isAllowed = FilterOf(request, model);
        var best = await model.RecommendAsync(history, request.Top, c => !seen.Contains(c) && isAllowed(c)).ConfigureAwait(false);
        return new RecommendAnswer(
            model.Manifest.Title, model.Manifest.Run, [.. best.Select(b => Describe(model, b.Row) with { Score = b.Score, Why = request.Why ? Explain(model, history, b) : null })], history.Length, unknown);
    }

    /// <summary>Finds items like another.</summary>
    /// <exception cref="RequestException">The request can't be answered.</exception>
    public SimilarAnswer FindSimilar(SimilarRequest request)
    {
        using var lease = current.Take();
        var model = lease.Model;
        int item = Find(model, request.Of.Domain, request.Of.Item);
        var best = model.Similar(item, request.Top, FilterOf(request, model));
        return new SimilarAnswer(Describe(model, item), [.. best.Select(b => Describe(model, b.Row) with { Score = b.Score })]);
    }

    /// <summary>Tells what an item is.</summary>
    /// <exception cref="RequestException">It is not known.</exception>
    public AnswerItem GetItem(string domain, string item)
    {
        using var lease = current.Take();
        return Describe(lease.Model, Find(lease.Model, domain, item));
    }

    /// <summary>Tells a known user's history.</summary>
    /// <exception cref="RequestException">The user is not known.</exception>
    public HistoryAnswer GetHistory(string user)
    {
        using var lease = current.Take();
        int[] history = KnownHistory(lease.Model, user);
        return new HistoryAnswer(user, [.. history.TakeLast(options.MaxHistory).Select(row => Describe(lease.Model, row))]);
    }

    /// <summary>Ids of some known users.</summary>
    public IReadOnlyList<string> SomeUsers(int count)
    {
        using var lease = current.Take();
        return [.. lease.Model.SomeUsers(count)];
    }

    /// <summary>The picture of an item, by the name that the export has for it; null where it has none.</summary>
    /// <exception cref="RequestException">The item is not known.</exception>
    public string? PictureOf(string domain, string item)
    {
        using var lease = current.Take();
        return lease.Model.Items[Find(lease.Model, domain, item)].Image is { Length: > 0 } image ? image : null;
    }

    private int[] HistoryOf(RecommendRequest request, ServedModel model, List<ItemReference> unknown)
    {
        if (request.User is null == request.History is null) throw new RequestException("The request gives both or neither of 'user' and 'history', of which one is expected; give the one.");
        if (request.User is not null) return KnownHistory(model, request.User) is { Length: > 0 } known ? known : throw new RequestException($"The user '{Excerpt.Of(request.User)}' has no events; give a history.");
        var events = request.History!;
        RequireCount("history", events.Count);
        if (events.Count == 0) throw new RequestException("The history is empty, so nothing can be recommended from it; give at least one event.");
        int timed = events.Count(e => e?.Time is not null);
        if (timed != 0 && timed != events.Count) throw new RequestException($"Of the history's {events.Count} events {timed} have a time; give it for all or for none, which are then taken to be oldest first.");
        var rows = new List<int>(events.Count);
        foreach (var e in timed > 0 ? events.OrderBy(e => e.Time) : events.AsEnumerable())
        {
            RequireName("history", e);
            if (model.Items.Find(e.Domain, e.Item) is >= 0 and var row) rows.Add(row);
            else unknown.Add(new ItemReference(e.Domain, e.Item));
        }

        return rows.Count > 0 ? [.. rows] : throw new RequestException($"None of the history's {events.Count} items is known, the first being '{Excerpt.Of(events[0].Item)}' of the domain '{Excerpt.Of(events[0].Domain)}'; the domains are {Names(model.Manifest.Domains)}.");
    }

    private static int[] KnownHistory(ServedModel model, string user)
    {
        if (model.Users == 0) throw new RequestException("No user is known by id, as the model was exported without histories; give a history, or export with --histories.", 404);
        return model.HistoryOf(user) ?? throw new RequestException($"The user '{Excerpt.Of(user)}' is not known; give a history.", 404);
    }

    private Func<int, bool> FilterOf(CandidateFilter filter, ServedModel model)
    {
        if (filter.Top < 1 || filter.Top > options.MaxTop) throw new RequestException($"'top' is {filter.Top}, but a number from 1 to {options.MaxTop} is expected.");
        var domains = model.Items.CandidateDomains;
        if (filter.Domain is { } domain && !domains.Contains(domain)) throw new RequestException($"'domain' is '{Excerpt.Of(domain)}', but the model recommends items of {Names(domains)}.");
        RequireCount("exclude", filter.Exclude?.Count ?? 0);
        RequireCount("categories", filter.Categories?.Count ?? 0);
        var excluded = new HashSet<int>();
        foreach (var item in filter.Exclude ?? [])
        {
            if (item is null) throw new RequestException("'exclude' holds null where an item is expected.");
            excluded.Add(model.Items.Find(item.Domain, item.Item)); // what is not known is not recommended anyway
        }

        var categories = filter.Categories?.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (categories?.Contains(null!) == true) throw new RequestException("'categories' holds null where a text is expected.");
        return c => !excluded.Contains(c) && (filter.Domain is null || model.Items[c].Domain == filter.Domain) && (categories is null || categories.Contains(model.Items[c].Category));
    }

    private void RequireCount(string field, int count)
    {
        if (count > options.MaxHistory) throw new RequestException($"'{field}' has {count:N0} entries, but {options.MaxHistory:N0} are the most; give fewer, such as the newest.");
    }

    private static void RequireName(string field, HistoryEvent? e)
    {
        if (e is null) throw new RequestException($"'{field}' holds null where an event is expected.");
        if (e.Domain.Length > LongestName || e.Item.Length > LongestName) throw new RequestException($"'{field}' holds an id of more than {LongestName:N0} characters, which no item has.");
    }

    private static int Find(ServedModel model, string domain, string item) => model.Items.Find(domain, item) is >= 0 and var row ? row
        : throw new RequestException($"The item '{Excerpt.Of(item)}' of the domain '{Excerpt.Of(domain)}' is not known; the domains are {Names(model.Manifest.Domains)}.", 404);

    private static string Names(IReadOnlyList<string> domains) => string.Join(", ", domains.Take(20)) + (domains.Count > 20 ? ", …" : "");

    private AnswerItem Describe(ServedModel model, int row)
    {
        var item = model.Items[row];
        return new AnswerItem(item.Domain, item.ItemId, item.Title, item.Category, item.Brand)
        {
            Picture = options.Images is null || item.Image.Length == 0 ? null : $"pictures/{Uri.EscapeDataString(item.Domain)}/{Uri.EscapeDataString(item.ItemId)}",
        };
    }

    private static Reason Explain(ServedModel model, int[] history, Ranked ranked)
    {
        var explained = model.Explain(history, ranked);
        var because = explained.Because
            .Select(e => new Because(model.Items[e.Row].Domain, model.Items[e.Row].ItemId, model.Items[e.Row].Title, e.Similarity, e.Together));
        return new Reason(explained.Network, explained.Terms.ToDictionary(t => t.Term, t => t.Value), [.. because]);
    }
}
