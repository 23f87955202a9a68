using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>A catalogue: items and events of several domains in a folder (docs/FORMAT.md, section 1).</summary>
public sealed class Dataset
{
    private readonly HashSet<string> _domainSet;
    private readonly Dictionary<string, (long Length, DateTime Written, HashSet<ulong> Hashes)> _suspects = [];

    private Dataset(string folder, string name, IReadOnlyList<string> domains, string? imagesFolder)
    {
        (Folder, Name, Domains, ImagesFolder) = (folder, name, domains, imagesFolder);
        _domainSet = [.. domains];
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Name of the catalogue.</summary>
    public string Name { get; }

    /// <summary>Domains in the order of dataset.json.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>Absolute path of the pictures folder (which need not exist), or null where dataset.json names none.</summary>
    public string? ImagesFolder { get; }

    /// <summary>Opens a catalogue; tables are read later.</summary>
    /// <exception cref="UserErrorException">the folder or dataset.json is missing, or dataset.json is not as documented</exception>
    public static Dataset Open(string folder)
    {
        folder = Path.GetFullPath(folder);
        if (!Directory.Exists(folder))
            CatalogueErrors.MissingFolder(folder);
        var file = DatasetFile.Read(folder);
        string? images = file.Images is null ? null : Path.GetFullPath(Path.Combine(folder, file.Images));
        return new Dataset(folder, file.Name, file.Domains, images);
    }

    /// <summary>Refuses a domain that the catalogue has not.</summary>
    /// <exception cref="UserErrorException">names the known domains and the nearest one</exception>
    public void RequireDomain(string domain)
    {
        if (!_domainSet.Contains(domain))
            CatalogueErrors.UnknownDomain(domain, Folder, Domains);
    }

    /// <summary>
    /// Streams a domain's items in the order of the file. Rows with an empty or repeated id, with a picture outside the pictures folder
    /// or that can't be read go to <paramref name="rejects"/>; every row handed out counts as accepted.
    /// </summary>
    /// <exception cref="UserErrorException">unknown domain; items.csv is missing, unreadable or has no item_id</exception>
    public IEnumerable<Item> ReadItems(string domain, RejectLog rejects)
    {
        RequireDomain(domain);
        return Read();

        IEnumerable<Item> Read()
        {
            using var items = OpenItems(domain, rejects);
            while (items.Read())
                yield return items.ToItem();
        }
    }

    /// <summary>Opens a domain's items for reading without objects; otherwise as <see cref="ReadItems"/>.</summary>
    /// <exception cref="UserErrorException">unknown domain; items.csv is missing, unreadable or has no item_id</exception>
    public ItemCursor OpenItems(string domain, RejectLog rejects)
    {
        RequireDomain(domain);
        return new ItemCursor(Folder, domain, rejects, Suspects(domain));
    }

    /// <summary>
    /// Streams a domain's events in the order of the file. Rows without user or item, with a timestamp, rating or split that can't be
    /// read go to <paramref name="rejects"/>. Whether the item exists is the caller's to check: it rejects the row just handed out by
    /// <see cref="RejectLog.RejectCurrent"/>.
    /// </summary>
    /// <exception cref="UserErrorException">unknown domain; interactions.csv is missing, unreadable or lacks a column</exception>
    public IEnumerable<Interaction> ReadInteractions(string domain, RejectLog rejects)
    {
        RequireDomain(domain);
        return InteractionReader.Read(Folder, domain, rejects);
    }

    /// <summary>Absolute path of an item's picture (which need not exist), or null where the item names none.</summary>
    /// <exception cref="UserErrorException">the path leaves the pictures folder, or the catalogue has no pictures folder</exception>
    public string? ResolveImage(Item item)
    {
        if (item.Image.Length == 0)
            return null;
        if (ImagesFolder is null)
            CatalogueErrors.NoImagesFolder(item, Folder);
        if (!ImagePath.IsInside(item.Image))
            CatalogueErrors.ImageOutside(item, ImagesFolder);
        return Path.GetFullPath(Path.Combine(ImagesFolder, item.Image));
    }

    /// <summary>Absolute path of the current item's picture (which need not exist), or null where the item names none.</summary>
    /// <exception cref="UserErrorException">the catalogue has no pictures folder</exception>
    public string? ResolveImage(ItemCursor item)
    {
        if (item.Image.IsEmpty)
            return null;
        if (ImagesFolder is null)
            CatalogueErrors.NoImagesFolder(item.ToItem(), Folder);
        return Path.GetFullPath(Path.Combine(ImagesFolder, Encoding.UTF8.GetString(item.Image)));
    }

    /// <summary>
    /// SHA-256 over the accepted items of all domains, in hexadecimal; reads every items.csv (rejected rows are passed over).
    /// </summary>
    public string ComputeFingerprint()
    {
        using var rejects = new RejectLog(csvPath: null);
        using var fingerprint = new CatalogueFingerprint();
        foreach (string domain in Domains)
        {
            fingerprint.AppendDomain(domain);
            using var items = OpenItems(domain, rejects);
            while (items.Read())
                fingerprint.AppendItem(items);
        }
        return fingerprint.Finish();
    }

    /// <summary>For a large table the ids that may be there twice, found once as long as the file stays as it is; null for a small one.</summary>
    private HashSet<ulong>? Suspects(string domain)
    {
        var file = new FileInfo(CatalogueLayout.Items(Folder, domain));
        if (!file.Exists || file.Length < SuspectIds.LargeTable)
            return null;
        lock (_suspects)
        {
            if (!_suspects.TryGetValue(domain, out var known) || (known.Length, known.Written) != (file.Length, file.LastWriteTimeUtc))
                _suspects[domain] = known = (file.Length, file.LastWriteTimeUtc, SuspectIds.Find(Folder, domain));
            return known.Hashes;
        }
    }
}

/// <summary>Every file name of a catalogue.</summary>
public static class CatalogueLayout
{
    /// <summary>Name, domains and pictures folder.</summary>
    public const string DatasetFile = "dataset.json";

    /// <summary>Default pictures folder of catalogues written here.</summary>
    public const string ImagesFolder = "images";

    /// <summary>Where rejected rows are listed, in the folder of the run.</summary>
    public const string RejectsFile = "rejects.csv";

    /// <summary>Item table of a domain.</summary>
    public static string Items(string folder, string domain) => Path.Combine(folder, domain, "items.csv");

    /// <summary>Events of a domain.</summary>
    public static string Interactions(string folder, string domain) => Path.Combine(folder, domain, "interactions.csv");
}
