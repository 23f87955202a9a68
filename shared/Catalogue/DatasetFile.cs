using System.Text.Encodings.Web;
using System.Text.Json;

namespace UniM2Rec.Catalogue;

/// <summary>The content of dataset.json.</summary>
/// <param name="Name">name of the catalogue</param>
/// <param name="Domains">names of the domains' folders</param>
/// <param name="Images">pictures folder relative to the file, or null</param>
internal sealed record DatasetFile(string Name, IReadOnlyList<string> Domains, string? Images)
{
    public static DatasetFile Read(string folder)
    {
        string path = Path.Combine(folder, CatalogueLayout.DatasetFile);
        if (FileKinds.Of(path) == FileKind.Missing)
            CatalogueErrors.MissingDatasetFile(folder);
        try
        {
            var reading = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            using var document = JsonFile.Read(path, "a catalogue's description", reading);
            return Parse(document.RootElement, path);
        }
        catch (JsonException failure)
        {
            CatalogueErrors.BadDatasetFile(path, $"is not valid JSON ({failure.Message})", failure);
            return null;
        }
    }

    public void Write(string folder, IStorage storage)
    {
        AtomicFile.Write(Path.Combine(folder, CatalogueLayout.DatasetFile), file =>
        {
            var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            using var json = new Utf8JsonWriter(file, options);
            json.WriteStartObject();
            json.WriteString("name", Name);
            json.WriteStartArray("domains");
            foreach (string domain in Domains)
                json.WriteStringValue(domain);
            json.WriteEndArray();
            if (Images is not null)
                json.WriteString("images", Images);
            json.WriteEndObject();
        }, storage);
    }

    private static DatasetFile Parse(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object)
            CatalogueErrors.BadDatasetFile(path, "is not a JSON object");
        string? name = Text(root, "name", path);
        if (string.IsNullOrEmpty(name))
            CatalogueErrors.BadDatasetFile(path, "has no name");
        if (!root.TryGetProperty("domains", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            CatalogueErrors.BadDatasetFile(path, "has no list of domains");
        var domains = new List<string>();
        foreach (var entry in list.EnumerateArray())
        {
            string? domain = entry.ValueKind == JsonValueKind.String ? entry.GetString() : null;
            if (string.IsNullOrWhiteSpace(domain) || domain is "." or ".." || domain.AsSpan().ContainsAny("/\\:\0"))
                CatalogueErrors.BadDatasetFile(path, $"has the domain {Excerpt.Of(entry.GetRawText())}, which can't be the name of a folder");
            if (domains.Contains(domain))
                CatalogueErrors.BadDatasetFile(path, $"names the domain '{Excerpt.Of(domain)}' twice");
            domains.Add(domain);
        }
        return new DatasetFile(name, domains, Text(root, "images", path));
    }

    private static string? Text(JsonElement root, string key, string path)
    {
        if (!root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            CatalogueErrors.BadDatasetFile(path, $"has a {key} that is not a text");
        return value.GetString();
    }
}
