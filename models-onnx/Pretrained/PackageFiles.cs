using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Pretrained;

/// <summary>Where the files of packages come from: package files that were given, else NuGet's folder of packages. Each package is opened once.</summary>
public sealed class PackageFiles : IDisposable
{
    private readonly PackageCache _cache;
    private readonly List<(string Path, PackageArchive Archive)> _open = [];

    /// <summary>Opens the package files that were given.</summary>
    /// <param name="given">Their paths.</param>
    /// <param name="cache">Finds the others.</param>
    /// <param name="known">Packages that can be meant.</param>
    /// <exception cref="UserErrorException">A file is no package, or none of the known ones.</exception>
    public PackageFiles(IEnumerable<string> given, PackageCache cache, IReadOnlyCollection<EncoderPackage> known)
    {
        _cache = cache;
        try
        {
            foreach (var path in given)
            {
                var archive = Keep(path);
                if (!known.Any(archive.Is))
                    throw new UserErrorException($"{path} is the package {archive.Id} {archive.Version}, but {string.Join(" or ", known)} was expected; give the file of that package.");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A package, opened.</summary>
    /// <exception cref="UserErrorException">It was not given, is not there and can't be restored.</exception>
    public PackageArchive Open(EncoderPackage package, Action<string> note, CancellationToken cancellation)
    {
        if (_open.FirstOrDefault(p => p.Archive.Is(package)).Archive is { } known)
            return known;
        var path = _cache.Find(package, note, cancellation);
        var archive = Keep(path);
        return archive.Is(package)
            ? archive
            : throw new UserErrorException($"{path} is the package {archive.Id} {archive.Version}, but {package} was expected; delete that folder of NuGet's and run this again.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, archive) in _open)
            archive.Dispose();
        _open.Clear();
    }

    private PackageArchive Keep(string path)
    {
        var archive = PackageArchive.Open(path);
        _open.Add((path, archive));
        return archive;
    }
}
