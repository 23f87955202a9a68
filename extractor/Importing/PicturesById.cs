using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing;

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

    /// <summary>The picture's file name, or null where the item has none.</summary>
    public string? Find(string itemId) => _files.GetValueOrDefault(itemId);
}
