using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Recommendations as JSON lines: a user a line, in the words of the service (docs/SERVING.md).</summary>
internal sealed class JsonRecommendations : IRecommendationWriter
{
    /// <summary>What each line begins with.</summary>
    public const string Beginning = "{\"user\":";

    private const int FlushedBytes = 1 << 16;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Stream _stream;
    private readonly RecommendationRows _rows;
    private readonly ArrayBufferWriter<byte> _lines = new(2 * FlushedBytes);
    private readonly Utf8JsonWriter _json;

    public JsonRecommendations(Stream stream, RecommendationRows rows) => (_stream, _rows, _json) = (stream, rows, new Utf8JsonWriter(_lines, Options));

    /// <inheritdoc/>
    public void Add(Recommendation recommendation)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("user", recommendation.User);
        _json.WriteStartArray("items");
        for (int i = 0; i < recommendation.Rows.Length; i++)
        {
            _json.WriteStartObject();
            Name(_json, recommendation.Rows[i], _rows.Items);
            _json.WriteNumber("score", recommendation.Scores[i]);
            if (_rows.Why)
            {
                _json.WritePropertyName("why");
                Write(_json, recommendation.Why![i], _rows.Items);
            }

            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        _lines.Write("\n"u8);
        if (_lines.WrittenCount >= FlushedBytes) Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _json.Dispose();
    }

    /// <summary>An explanation as JSON.</summary>
    public static string Why(Explanation why, ItemTitles items)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Options)) Write(json, why, items);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, Explanation why, ItemTitles items)
    {
        json.WriteStartObject();
        json.WriteNumber("network", why.Network);
        json.WriteStartObject("collaborative");
        foreach (var (term, value) in why.Terms) json.WriteNumber(term, value);
        json.WriteEndObject();
        json.WriteStartArray("because");
        foreach (var reason in why.Because)
        {
            json.WriteStartObject();
            Name(json, reason.Row, items);
            if (reason.Similarity is { } similarity) json.WriteNumber("similarity", similarity);
            json.WriteNumber("together", reason.Together);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Name(Utf8JsonWriter json, int row, ItemTitles items)
    {
        var (domain, id, title) = items[row];
        json.WriteString("domain", domain);
        json.WriteString("item", id);
        json.WriteString("title", title);
    }

    private void Flush()
    {
        _stream.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }
}
