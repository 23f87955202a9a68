using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UniM2Rec.Storage;

/// <summary>JSON records that programs keep in run folders and exports: written so that people can read them, read so that nothing in them is taken on trust.</summary>
public static class KeptJson
{
    private const string Checksum = ",\n  \"checksum\": \"", End = "\"\n}\n";
    private const int Digits = 2 * SHA256.HashSizeInBytes;

    /// <summary>camelCase, indented; a field that is missing or null where it may not be is an error.</summary>
    public static JsonSerializerOptions Format { get; } = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // no page shows them as they are
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The record as the file's text.</summary>
    public static string Serialize<T>(T record) => JsonSerializer.Serialize(record, Format) + "\n";

    /// <summary>The same with <c>checksum</c> as its last field: SHA-256 of the text, with zeros where the checksum's digits stand.</summary>
    public static string SerializeWithChecksum<T>(T record)
    {
        string start = JsonSerializer.Serialize(record, Format)[..^"\n}".Length] + Checksum;
        return start + HashOf(start) + End;
    }

    /// <summary>Reads a record from a file.</summary>
    /// <exception cref="UserErrorException">The file is missing, no regular file, or unreadable.</exception>
    /// <exception cref="JsonException">It holds no such record, or has a checksum that is another.</exception>
    public static T Read<T>(string path, string whatItIs)
        where T : class
    {
        byte[] content = RegularFile.ReadBytes(path, whatItIs, JsonFile.Most);
        RequireChecksum(Encoding.UTF8.GetString(content));
        using var document = JsonFile.Parse(content);
        return document.Deserialize<T>(Format) ?? throw new JsonException("it holds null");
    }

    private static void RequireChecksum(string text)
    {
        int at = text.LastIndexOf(Checksum, StringComparison.Ordinal);
        if (at < 0) return; // from before there was one
        at += Checksum.Length;
        if (text.Length != at + Digits + End.Length || !text.EndsWith(End, StringComparison.Ordinal) || !text.AsSpan(at, Digits).SequenceEqual(HashOf(text[..at])))
            throw new JsonException("its checksum is another, so it is not as it was written");
    }

    private static string HashOf(string start) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(start + new string('0', Digits) + End)));
}
