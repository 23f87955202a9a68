using System.Text.Json.Nodes;
using UniM2Rec.Configuration;

namespace UniM2Rec.Tests.Configuration;

/// <summary>The settings that a section of docs/CONFIG.md names, and those that a configuration type has: key to default, as text.</summary>
internal static class DocumentedSettings
{
    /// <summary>Rows of every table with a "default" column; the key is the first cell, or the second where a table begins with a verb.</summary>
    /// <param name="heading">Heading of the section, such as "## unim2rec-extract run".</param>
    /// <param name="verb">Rows of this verb's own defaults, or null for the tables without verbs.</param>
    public static Dictionary<string, string> InSection(string heading, string? verb = null)
    {
        var settings = new Dictionary<string, string>();
        string[] header = [];
        foreach (string line in Section(heading))
        {
            if (!line.StartsWith('|'))
            {
                header = [];
                continue;
            }

            string[] cells = [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim().Trim('`'))];
            if (header.Length == 0) header = cells;
            else if (cells[0].StartsWith("---", StringComparison.Ordinal) || Array.IndexOf(header, "default") < 0) continue;
            else if (header[0] == "verb" ? cells[0] == verb : verb is null)
                settings.Add(cells[Array.IndexOf(header, "key")], Plain(cells[Array.IndexOf(header, "default")]));
        }

        return settings;
    }

    /// <summary>Every key of a configuration with its value.</summary>
    public static Dictionary<string, string> Of<T>(T configuration)
    {
        var settings = new Dictionary<string, string>();
        Flatten(JsonNode.Parse(JsonConfig.Serialize(configuration))!, "");
        return settings;

        void Flatten(JsonNode? node, string path)
        {
            if (node is JsonObject section)
            {
                foreach (var (key, value) in section) Flatten(value, path.Length == 0 ? key : $"{path}.{key}");
            }
            else
            {
                settings.Add(path, Plain(node?.ToJsonString() ?? "null"));
            }
        }
    }

    private static IEnumerable<string> Section(string heading) =>
        File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "CONFIG.md"))
            .SkipWhile(line => line != heading).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));

    /// <summary>Without what differs between a document and JSON: quotes, brackets, spaces, and a remark in parentheses.</summary>
    private static string Plain(string value)
    {
        int remark = value.IndexOf(" (", StringComparison.Ordinal);
        return string.Concat((remark < 0 ? value : value[..remark]).Where(c => c is not ('"' or '[' or ']' or ' ')));
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "UniM2Rec.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds UniM2Rec.sln.");
    }
}
