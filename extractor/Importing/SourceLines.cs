using System.IO.Compression;
using System.Text;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Streams the lines of a text file, plain or .gz, with their numbers from 1.</summary>
public static class SourceLines
{
    // A code point that stands for nothing, in the place of bytes that can't be decoded: U+FFFD, which usually stands there, occurs in true texts too.
    private const char NotDecoded = '\uFFFF';

    private static readonly Encoding MarkedUtf8 = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(NotDecoded.ToString()));

    /// <summary>Reads one line after another; empty ones are passed over.</summary>
    /// <param name="path">the file</param>
    /// <param name="encoding">null = UTF-8, or UTF-16 or UTF-32 where a byte order mark says so</param>
    /// <param name="rejects">takes lines that are not in that encoding; without it, the first one ends the reading</param>
    /// <exception cref="UserErrorException">The file does not exist, its compression is broken, or a line is in another encoding.</exception>
    public static IEnumerable<(long Line, string Text)> Read(string path, Encoding? encoding = null, RejectLog? rejects = null)
    {
        RegularFile.Require(path);
        if (!File.Exists(path))
            throw new UserErrorException($"'{path}' does not exist; give the file as it was downloaded, plain or .gz.");
        using var reader = OpenText(path, encoding);
        var lines = new BoundedLines(reader);
        for (long line = 1L; Next(lines, path, line) is { } text; line++)
        {
            if (text.Contains(NotDecoded, StringComparison.Ordinal))
                Refuse(path, line, rejects);
            else if (text.Length > 0)
                yield return (line, text);
        }
    }

    private static StreamReader OpenText(string path, Encoding? encoding)
    {
        var file = RegularFile.Open(path, "the file as it was downloaded, plain or .gz", FileOptions.SequentialScan);
        Span<byte> beginning = stackalloc byte[2];
        // Told by its first bytes, as browsers take the ending away or put one on.
        bool isCompressed = file.ReadAtLeast(beginning, 2, throwOnEndOfStream: false) == 2 && beginning is [0x1F, 0x8B];
        file.Position = 0;
        return new StreamReader(isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file, encoding ?? MarkedUtf8);
    }

    private static void Refuse(string path, long line, RejectLog? rejects)
    {
        if (rejects is null)
            throw new UserErrorException($"{path}, line {line} has bytes that are not UTF-8, which was expected; convert the file, such as by 'iconv -f latin1 -t utf-8'.");
        rejects.Add(path, line, "bytes that are not UTF-8");
    }

    private static string? Next(BoundedLines lines, string path, long line)
    {
        try
        {
            return lines.Next();
        }
        catch (BoundedLines.LineTooLongException)
        {
            throw new UserErrorException($"{path}, line {line} is longer than {BoundedLines.Longest:N0} characters, but a line of text was expected; check that this is the file that is meant, and whole.");
        }
        catch (InvalidDataException broken)
        {
            throw new UserErrorException($"'{path}' is not a whole gzip file ({broken.Message.TrimEnd('.')}); download it again.", broken);
        }
        catch (IOException failure)
        {
            throw new UserErrorException($"'{path}' could not be read ({failure.Message.TrimEnd('.')}); mend it or its permission.", failure);
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
