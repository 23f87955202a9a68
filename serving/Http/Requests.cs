namespace UniM2Rec.Serving;

/// <summary>An item by name.</summary>
/// <param name="Domain">Its domain.</param>
/// <param name="Item">Its id.</param>
public sealed record ItemReference(string Domain, string Item);

/// <summary>An event of a history.</summary>
/// <param name="Domain">Domain of the item.</param>
/// <param name="Item">Id of the item.</param>
public sealed record HistoryEvent(string Domain, string Item)
{
    /// <summary>When; only the order counts. Given for all events or for none, whose order is then that of the list, oldest first.</summary>
    public double? Time { get; init; }
}

/// <summary>Which candidates may be recommended.</summary>
public abstract record CandidateFilter
{
    /// <summary>How many items.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Only items of this domain; null for all that the model recommends.</summary>
    public string? Domain { get; init; }

    /// <summary>Only items of these categories, whatever their case; null for all.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Items to leave out.</summary>
    public IReadOnlyList<ItemReference>? Exclude { get; init; }
}

/// <summary>Asks for recommendations: for a user whom the export knows, or for a history.</summary>
public sealed record RecommendRequest : CandidateFilter
{
    /// <summary>Id of a user whose history was exported.</summary>
    public string? User { get; init; }

    /// <summary>What somebody did, in any domains.</summary>
    public IReadOnlyList<HistoryEvent>? History { get; init; }

    /// <summary>Whether items of the history may be recommended again.</summary>
    public bool IncludeSeen { get; init; }

    /// <summary>Whether each item says why.</summary>
    public bool Why { get; init; }
}

/// <summary>Asks for items like another.</summary>
/// <param name="Of">The other.</param>
public sealed record SimilarRequest(ItemReference Of) : CandidateFilter;

/// <summary>Recommendations.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Run">The run that it is of.</param>
/// <param name="Items">Best first.</param>
/// <param name="Events">Events of the history that the model knows.</param>
/// <param name="Unknown">Items of the history that it does not know, which count for nothing.</param>
public sealed record RecommendAnswer(string Model, string Run, IReadOnlyList<AnswerItem> Items, int Events, IReadOnlyList<ItemReference> Unknown);

/// <summary>Items like another.</summary>
/// <param name="Of">The other.</param>
/// <param name="Items">The most similar first; the score is the cosine of the vectors that histories are made of.</param>
public sealed record SimilarAnswer(AnswerItem Of, IReadOnlyList<AnswerItem> Items);

/// <summary>A user's history.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Events">Oldest first.</param>
public sealed record HistoryAnswer(string User, IReadOnlyList<AnswerItem> Events);

/// <summary>An item of an answer.</summary>
/// <param name="Domain">Its domain.</param>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title; empty where it has none.</param>
/// <param name="Category">Its category; empty where it has none.</param>
/// <param name="Brand">Its brand; empty where it has none.</param>
public sealed record AnswerItem(string Domain, string Item, string Title, string Category, string Brand)
{
    /// <summary>Address of its picture, where the service shows pictures and it has one.</summary>
    public string? Picture { get; init; }

    /// <summary>Its logit, or similarity.</summary>
    public float? Score { get; init; }

    /// <summary>Why it is recommended, where that was asked for.</summary>
    public Reason? Why { get; init; }
}

/// <summary>What a score is made of: network + Σ collaborative = score.</summary>
/// <param name="Network">What the network makes of it.</param>
/// <param name="Collaborative">What each of other users' histories' scores adds.</param>
/// <param name="Because">The items of the history that have the most to do with it.</param>
public sealed record Reason(float Network, IReadOnlyDictionary<string, float> Collaborative, IReadOnlyList<Because> Because);

/// <summary>An item of the history that has to do with a recommended one.</summary>
/// <param name="Domain">Its domain.</param>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Similarity">Cosine of the two items' vectors; null where the model has none.</param>
/// <param name="Together">Its part of what other users' histories add to the score.</param>
public sealed record Because(string Domain, string Item, string Title, float? Similarity, float Together);

/// <summary>Why a request was not answered.</summary>
/// <param name="Error">One sentence.</param>
public sealed record ErrorAnswer(string Error);

/// <summary>How the service is.</summary>
/// <param name="Status">ok.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Run">The run that it is of.</param>
/// <param name="Weights">SHA-256 of the run's weights.</param>
/// <param name="OpenedAt">Since when it is served.</param>
/// <param name="Refused">Why the folder's present content is not served; null where it is.</param>
public sealed record HealthAnswer(string Status, string Model, string Run, string Weights, DateTimeOffset OpenedAt, string? Refused)
{
    /// <summary>Where candidates are found by an index: which share of the best ten it finds, on a sample of histories; null where all are scored.</summary>
    public float? IndexRecall { get; init; }
}
