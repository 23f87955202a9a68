using System.Security.Cryptography;

namespace UniM2Rec.Tests.Testing;

/// <summary>All files of a folder by name and hash.</summary>
public static class FolderContent
{
    public static SortedDictionary<string, string> Of(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder, path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))));
}
