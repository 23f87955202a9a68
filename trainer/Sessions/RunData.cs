using System.Text;
using System.Text.Json;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// What a run was trained on, kept with it as <c>data.json</c>. Figures of held-out events mean something only while the events are the same,
/// and weights of single items only as long as it is known which items those were. Which encoders made the features stands with the weights.
/// </summary>
/// <param name="Catalogue">Fingerprint of the catalogue's items.csv, texts and all.</param>
/// <param name="Items">Fingerprint of the items' ids in their order.</param>
/// <param name="ItemCount">Items of the catalogue.</param>
/// <param name="Domains">The catalogue's domains in their order.</param>
/// <param name="Interactions">Fingerprint of the flow's events.</param>
/// <param name="UserOrder">The same, in the users' order.</param>
/// <param name="Users">Users of the flow.</param>
/// <param name="Events">Events of the flow.</param>
public sealed record RunData(string Catalogue, string Items, int ItemCount, IReadOnlyList<string> Domains, string Interactions, string UserOrder, int Users, int Events)
{
    /// <summary>Whether the run has a checkpoint from its beginning on, so that one without any has lost it; earlier ones had the first after an epoch.</summary>
    public bool KeptFromStart { get; init; }

    /// <summary>What is there now.</summary>
    /// <param name="data">The data.</param>
    /// <param name="flow">Domains whose events count; null for all of the data's flow.</param>
    public static RunData Of(TrainingData data, IReadOnlyList<string>? flow = null)
    {
        var known = KnownItems.Of(data.Store);
        var events = flow is null ? data.Log : data.Log.Where((_, e) => flow.Contains(data.Log.Domains[data.Log.DomainOf(e)]));
        int users = Enumerable.Range(0, events.UserCount).Count(user => events.EndEvent(user) > events.FirstEvent(user));
        var log = LogFingerprint.Of(events, data.Store);
        return new RunData(data.Store.DatasetFingerprint, known.Fingerprint(), known.Items.Count, known.Domains, log.Events, log.Order, users, events.EventCount) { KeptFromStart = true };
    }

    /// <summary>Writes the file.</summary>
    public void Save(string path, IStorage storage) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(KeptJson.Serialize(this))), storage);

    /// <returns>Null where the run is from before runs kept it.</returns>
    /// <exception cref="UserErrorException">The file is no such record.</exception>
    public static RunData? Load(string path)
    {
        if (FileKinds.Of(path) == FileKind.Missing) return null;
        try
        {
            return KeptJson.Read<RunData>(path, "what a run was trained on").Checked();
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"'{path}' can't be read ({error.Message.TrimEnd('.')}), but it says what the run was trained on; bring it back, or train again with --overwrite.", error);
        }
    }

    /// <summary>The record in one line.</summary>
    public string ToText() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>Reads what <see cref="ToText"/> or <see cref="Save"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no such record.</exception>
    public static RunData Parse(string text) => (JsonSerializer.Deserialize<RunData>(text, KeptJson.Format) ?? throw new JsonException("it is null")).Checked();

    private RunData Checked() => Domains.Any(domain => domain is null) ? throw new JsonException("a domain is null")
        : this is { ItemCount: >= 0, Users: >= 0, Events: >= 0 } ? this : throw new JsonException("a count is below 0");

    /// <summary>Whether the same items stand in the same rows.</summary>
    public bool HasSameItems(RunData other) => Items == other.Items && Domains.SequenceEqual(other.Domains);

    /// <summary>Whether the events are the same.</summary>
    public bool HasSameEvents(RunData other) => Interactions == other.Interactions;

    /// <summary>What differs in <paramref name="now"/>, in words, for one sentence; empty where nothing that training depends on does.</summary>
    public IReadOnlyList<string> Changes(RunData now)
    {
        var changes = new List<string>();
        if (!HasSameItems(now)) changes.Add("its items, or their order");
        else if (Catalogue != now.Catalogue) changes.Add("its items' texts or pictures");
        if (!HasSameEvents(now)) changes.Add($"its interactions ({Users:N0} users and {Events:N0} events then, {now.Users:N0} and {now.Events:N0} now)");
        else if (UserOrder != now.UserOrder) changes.Add("the order of its interactions");
        return changes;
    }
}
