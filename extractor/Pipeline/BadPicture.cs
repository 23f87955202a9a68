using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>A picture that could not be used, as a shard keeps it (docs/FORMAT.md).</summary>
/// <param name="Row">Store row of its item.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="State">What the file was like (<see cref="PictureState"/>): another state means that it may be usable now.</param>
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
