using System.IO.Compression;
using System.Text;
using UniM2Rec.Diagnostics;

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
        for (var line = 1L; Next(reader, path) is { } text; line++)
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
