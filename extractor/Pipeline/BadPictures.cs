using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UniM2Rec.Extractor.Pictures;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Pictures that can't be used, by store row, with the reason. Several modalities may see the same one; it counts once.</summary>
public sealed class BadPictures
{
    private readonly Dictionary<int, string> _reasons = [];

    /// <summary>Number of pictures.</summary>
    public int Count => _reasons.Count;

    /// <summary>Why a row's picture can't be used; null where nothing is known against it.</summary>
    public string? Reason(int row) => _reasons.GetValueOrDefault(row);

    /// <summary>Adds pictures.</summary>
    internal void Add(IEnumerable<BadPicture> pictures)
    {
        foreach (var picture in pictures)
            _reasons.TryAdd(picture.Row, picture.Reason);
    }
}

/// <summary>A picture that could not be used, as a shard keeps it (docs/FORMAT.md).</summary>
/// <param name="Row">Store row of its item.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="State">What the file was like (<see cref="PictureFiles.State"/>): another state means that it may be usable now.</param>
internal sealed partial record BadPicture(int Row, string Reason, string State)
{
    /// <summary>The form in which a shard keeps its bad pictures; null where it has none.</summary>
    public static string? Write(IReadOnlyCollection<BadPicture> pictures) =>
        pictures.Count == 0 ? null : JsonSerializer.Serialize([.. pictures], Json.Readable.BadPictureArray);

    /// <summary>Reads what <see cref="Write"/> wrote; a note of another form holds no pictures.</summary>
    public static IReadOnlyList<BadPicture> Read(string? note)
    {
        try
        {
            return note is null ? [] : JsonSerializer.Deserialize(note, Json.Readable.BadPictureArray) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(BadPicture[]))]
    private sealed partial class Json : JsonSerializerContext
    {
        public static Json Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}

/// <summary>
/// Looks again at the pictures that earlier runs could not use, and at no others: those whose file has changed or has appeared since are
/// worth another try, the others stay on the list.
/// </summary>
internal sealed class BadPictureReview(ItemSpool items, FeatureStoreWriter store, PictureFiles pictures)
{
    /// <summary>Reviews the shards that a modality would keep.</summary>
    /// <param name="modality">The modality.</param>
    /// <param name="bad">Takes the pictures of shards that are kept.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>Numbers of the shards that hold a changed picture, and how many such pictures there are.</returns>
    public (IReadOnlySet<int> Shards, int Pictures) Review(ModalitySpecification modality, BadPictures bad, CancellationToken cancellation)
    {
        var all = store.Notes(modality).Select(n => (n.Shard, Pictures: BadPicture.Read(n.Note))).ToArray();
        var states = CurrentStates([.. all.SelectMany(k => k.Pictures).Select(p => p.Row)], cancellation);
        var (again, changed) = (new HashSet<int>(), 0);
        foreach (var (shard, known) in all)
        {
            int differing = known.Count(p => states.GetValueOrDefault(p.Row) != p.State);
            changed += differing;
            if (differing > 0)
                again.Add(shard);
            else
                bad.Add(known);
        }

        return (again, changed);
    }

    private Dictionary<int, string> CurrentStates(HashSet<int> rows, CancellationToken cancellation)
    {
        var states = new Dictionary<int, string>();
        var reader = items.Read();
        while (states.Count < rows.Count && reader.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            if (rows.Contains(reader.Row))
                states.Add(reader.Row, pictures.State(reader.PicturePath(out _)));
        }

        return states;
    }
}
