using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UniM2Rec.Serving.Model;

namespace UniM2Rec.Serving;

/// <summary>Reads requests that anyone may have written: nothing is taken on trust, and what is wrong is told in one sentence.</summary>
internal static class RequestReading
{
    private const int MostLevels = 8;

    /// <summary>camelCase; a field that is not known, twice there, missing or null where it may not be is an error.</summary>
    public static JsonSerializerOptions Format { get; } = new(JsonSerializerOptions.Web)
    {
        MaxDepth = MostLevels,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // answers are no part of a page
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads a body.</summary>
    /// <exception cref="RequestException">It is no JSON, too long, or not what is expected.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, int mostBytes)
        where T : class
    {
        // Other content types reach a service from any web page without the browser asking first.
        if (!http.Request.HasJsonContentType()) throw new RequestException("The body's content type is not application/json, which is expected; send it with 'content-type: application/json'.", StatusCodes.Status415UnsupportedMediaType);
        if (http.Request.ContentLength > mostBytes) throw TooLong(mostBytes);
        // Limited here, so that what is said of it is a sentence.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        using var body = new MemoryStream();
        byte[] piece = new byte[8192];
        for (int read; (read = await http.Request.Body.ReadAsync(piece, http.RequestAborted).ConfigureAwait(false)) > 0;)
        {
            if (body.Length + read > mostBytes) throw TooLong(mostBytes);
            body.Write(piece, 0, read);
        }

        try
        {
            using var document = JsonFile.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), new JsonDocumentOptions { MaxDepth = MostLevels, AllowDuplicateProperties = false });
            return document.Deserialize<T>(Format) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new RequestException($"The body can't be read ({Excerpt.Of(error.Message.ReplaceLineEndings(" ").TrimEnd('.'), 300)}); send what /openapi/v1.json describes.");
        }
    }

    private static RequestException TooLong(int mostBytes) =>
        new($"The body has more than {mostBytes:N0} bytes, which is the most that is read; ask with a shorter history.", StatusCodes.Status413PayloadTooLarge);
}
