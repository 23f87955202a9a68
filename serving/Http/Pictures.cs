using Microsoft.AspNetCore.Http;
using UniM2Rec.Serving.Model;

namespace UniM2Rec.Serving;

/// <summary>Shows items' pictures: which file that is comes from the export's table, never from a request.</summary>
/// <param name="options">Where the pictures are.</param>
public sealed class Pictures(ServingOptions options)
{
    /// <summary>Opens a picture.</summary>
    /// <param name="name">Its name in the export, which lies inside the pictures folder.</param>
    /// <exception cref="RequestException">There is none, it lies elsewhere by a link, or is of no kind that browsers show.</exception>
    public (Stream Content, string Type) Open(string name)
    {
        string type = Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".jpg" or ".jpeg" => "image/jpeg",
            ".png" => "image/png",
            ".gif" => "image/gif",
            ".webp" => "image/webp",
            ".bmp" => "image/bmp",
            _ => throw None(),
        };
        string folder = Path.GetFullPath(options.Images!);
        string path = Path.GetFullPath(Path.Combine(folder, name));
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) || IsLinked(folder, path)) throw None();
        try
        {
            return (RegularFile.Open(path, "a picture", FileOptions.SequentialScan | FileOptions.Asynchronous), type);
        }
        catch (UserErrorException)
        {
            throw None();
        }
    }

    private static RequestException None() => new("The item has no picture here.", StatusCodes.Status404NotFound);

    // A link inside the folder may lead anywhere.
    private static bool IsLinked(string folder, string path)
    {
        for (string at = path; at.Length > folder.Length; at = Path.GetDirectoryName(at)!)
        {
            if ((Directory.Exists(at) ? new DirectoryInfo(at) : (FileSystemInfo)new FileInfo(at)).LinkTarget is not null) return true;
        }

        return false;
    }
}
