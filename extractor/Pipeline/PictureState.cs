using System.Security.Cryptography;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>What a picture's file is like, in a word that is the same on every machine: times of files are not.</summary>
internal static class PictureState
{
    private const string None = "none";
    private const string Unreadable = "unreadable";

    /// <summary>"none" where there is no file, "unreadable" where it can't be read, else the first half of its SHA-256.</summary>
    /// <param name="path">The file; null where the item's path can't be used.</param>
    public static string Of(string? path)
    {
        if (path is null)
            return None;
        try
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file).AsSpan(0, 16));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return None;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Unreadable;
        }
    }
}
