using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Streams the lines of a text file, plain or .gz, with their numbers from 1.</summary>
public static class SourceLines
{
    /// <summary>Reads one line after another; empty ones are passed over.</summary>
    /// <param name="path">the file</param>
    /// <param name="encoding">null = UTF-8</param>
    /// <exception cref="UserErrorException">The file does not exist, or its compression is broken.</exception>
    public static IEnumerable<(long Line, string Text)> Read(string path, Encoding? encoding = null)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"'{path}' does not exist; give the file as it was downloaded, plain or .gz.");
        var file = File.OpenRead(path);
        using var reader = new StreamReader(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file, encoding ?? Encoding.UTF8);
        for (long line = 1L; Next(reader, path) is { } text; line++)
        {
            if (text.Length > 0)
                yield return (line, text);
        }
    }

    private static string? Next(StreamReader reader, string path)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException broken)
        {
            throw new UserErrorException($"'{path}' is not a whole gzip file ({broken.Message.TrimEnd('.')}); download it again.", broken);
        }
    }
}

/// <summary>Pictures in one folder, named by item id: ID.jpg, .jpeg, .png, .webp or .bmp.</summary>
public sealed class PicturesById
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    /// <summary>Lists a folder.</summary>
    /// <exception cref="UserErrorException">The folder does not exist.</exception>
    public PicturesById(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder of pictures that are named by item id.");
        Folder = Path.GetFullPath(folder);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(f => Extensions.Contains(f.Extension.ToLowerInvariant())).OrderBy(f => f.Name, StringComparer.Ordinal))
            _files.TryAdd(Path.GetFileNameWithoutExtension(file.Name), file.Name);
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    internal string FullPath => Path.GetFullPath(Folder);

    /// <summary>The picture's file name, or null where the item has none.</summary>
    public string? Find(string itemId) => _files.GetValueOrDefault(itemId);
}

/// <summary>Cleans a field as UniSRec's preprocessing does: HTML's character references decoded, tags taken out, one line.</summary>
internal static partial class CatalogueText
{
    /// <summary>Some titles of the 2018 release are a page's script; such a text tells nothing of the item.</summary>
    private const string PageScript = "getTime";

    public static string Clean(string text)
    {
        if (text.Contains(PageScript, StringComparison.Ordinal))
            return "";
        string plain = text.Contains('<') || text.Contains('&') ? Tag().Replace(WebUtility.HtmlDecode(text), "") : text;
        return WhiteSpace().Replace(plain, " ").Trim();
    }

    public static string Clean(IEnumerable<string> texts) => string.Join(' ', texts.Select(Clean).Where(text => text.Length > 0));

    [GeneratedRegex(@"</?\w+[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
