using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using UniM2Rec.Extractor.Pictures;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Items whose picture or vector can't be used, by store row, with the reason. Several modalities may see the same one; it counts once.</summary>
public sealed class BadItems
{
    private readonly Dictionary<int, BadItem> _items = [];

    /// <summary>Number of items.</summary>
    public int Count => _items.Count;

    /// <summary>What is wrong with a row's picture or vector; null where nothing is known against it.</summary>
    internal BadItem? Find(int row) => _items.GetValueOrDefault(row);

    /// <summary>Adds items.</summary>
    internal void Add(IEnumerable<BadItem> items)
    {
        foreach (var item in items)
            _items.TryAdd(item.Row, item);
    }
}

/// <summary>An item whose picture or vector could not be used, as a shard keeps it (docs/FORMAT.md).</summary>
/// <param name="Row">Store row of the item.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="State">What the picture's file was like (<see cref="PictureFiles.State"/>): another state means that it may be usable now. "vector" where the picture is not the reason.</param>
internal sealed partial record BadItem(int Row, string Reason, string State)
{
    private const string Vector = "vector";

    /// <summary>Whether the encoder's answer is what can't be used; nothing but another encoder mends it.</summary>
    public bool IsVector => State == Vector;

    /// <summary>An item whose vector has a number that the store can't hold.</summary>
    public static BadItem OfVector(int row, ModalitySpecification modality) =>
        new(row, $"its vector of the modality '{modality.Name}' (encoder '{modality.EncoderName}') has a number that is not finite, or that {modality.Type.ToString().ToLowerInvariant()} can't hold", Vector);

    /// <summary>The form in which a shard keeps its bad items; null where it has none.</summary>
    public static string? Write(IReadOnlyCollection<BadItem> items) =>
        items.Count == 0 ? null : JsonSerializer.Serialize([.. items], Json.Readable.BadItemArray);

    /// <summary>Reads what <see cref="Write"/> wrote; a note of another form holds none.</summary>
    public static IReadOnlyList<BadItem> Read(string? note)
    {
        try
        {
            return note is null ? [] : JsonSerializer.Deserialize(note, Json.Readable.BadItemArray) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(BadItem[]))]
    private sealed partial class Json : JsonSerializerContext
    {
        public static Json Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
