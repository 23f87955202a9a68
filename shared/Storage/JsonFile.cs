using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace UniM2Rec.Storage;

/// <summary>
/// Reads JSON that others may have written, checked so far that every text and name in it can be read: the framework's own reader finds
/// what is no Unicode only when a text is asked for, and then by an exception of another kind.
/// </summary>
public static class JsonFile
{
    /// <summary>Bytes of a file that is read as a whole, unless said otherwise.</summary>
    public const long Most = 64 << 20;

    /// <summary>Reads a file; UTF-8, or UTF-16 with its mark.</summary>
    /// <param name="path">the file</param>
    /// <param name="whatItIs">what is expected there, such as "a JSON config file"</param>
    /// <param name="options">comments, commas, names that are there twice</param>
    /// <param name="most">bytes that are read at most</param>
    /// <exception cref="UserErrorException">missing, no regular file, too long, or unreadable</exception>
    /// <exception cref="JsonException">the content is not JSON of Unicode texts; the message is short, whatever the file holds</exception>
    public static JsonDocument Read(string path, string whatItIs, JsonDocumentOptions options = default, long most = Most) =>
        Parse(AsUtf8(RegularFile.ReadBytes(path, whatItIs, most)), options);

    /// <summary>Reads JSON in UTF-8; the bytes belong to the document from now on.</summary>
    /// <exception cref="JsonException">as for <see cref="Read"/></exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options = default)
    {
        if (!Utf8.IsValid(utf8.Span))
            throw new JsonException("it holds bytes that are not UTF-8");
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(utf8, options);
            // Halves of surrogate pairs can only be written as escapes.
            if (utf8.Span.IndexOf("\\u"u8) >= 0)
                ReadTexts(document.RootElement);
            return document;
        }
        catch (InvalidOperationException failure)
        {
            document?.Dispose();
            throw new JsonException("it holds an escaped text that is no Unicode", failure);
        }
        catch (JsonException failure)
        {
            document?.Dispose();
            throw new JsonException(Excerpt.Of(failure.Message, 300), failure);
        }
    }

    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var member in element.EnumerateArray())
                    ReadTexts(member);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }
                break;
        }
    }

    private static ReadOnlyMemory<byte> AsUtf8(byte[] bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => bytes.AsMemory(3),
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes.AsSpan(2))),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes.AsSpan(2))),
        _ => bytes,
    };
}
