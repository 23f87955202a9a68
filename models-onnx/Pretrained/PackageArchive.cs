using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;

namespace UniM2Rec.Models.Pretrained;

/// <summary>A package's file (.nupkg, a zip), opened for reading. Nothing in it is run.</summary>
public sealed class PackageArchive : IDisposable
{
    /// <summary>Bytes that a file of a package, and what it says of itself, may unpack to.</summary>
    private const long MostFileBytes = 1L << 30, MostFactsBytes = 4L << 20;

    private readonly string _path;
    private readonly ZipArchive _archive;
    private readonly XElement _facts;

    private PackageArchive(string path, ZipArchive archive)
    {
        _path = path;
        _archive = archive;
        var specification = archive.Entries.FirstOrDefault(entry => !entry.FullName.Contains('/') && entry.Name.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase))
            ?? throw new UserErrorException($"{path} is a zip without a .nuspec, but a NuGet package was expected; get the package's file (.nupkg) again.");
        using var content = new MemoryStream(Unpacked(specification, MostFactsBytes));
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
            archive = new ZipArchive(RegularFile.Open(path, "a NuGet package's file (.nupkg)"), ZipArchiveMode.Read);
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
        string? text = (name == "repository" ? fact?.Attribute("url")?.Value : fact?.Value)?.Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>A file's bytes, checked against its hash.</summary>
    /// <exception cref="UserErrorException">It is missing, or has other bytes than expected.</exception>
    public byte[] Read(PackagedFile file)
    {
        var entry = _archive.GetEntry(file.Entry)
            ?? throw new UserErrorException($"{_path} holds no '{file.Entry}', which {file.Package} should; get the package's file (.nupkg) again.");
        byte[] bytes;
        try
        {
            bytes = Unpacked(entry, MostFileBytes);
            if (file.Resource is not null)
                bytes = ManifestResource.Read(bytes, file.Resource);
        }
        catch (Exception broken) when (broken is InvalidDataException or BadImageFormatException or OverflowException)
        {
            throw new UserErrorException($"{file} can't be read from {_path} ({broken.Message.TrimEnd('.')}); get the package's file (.nupkg) again.", broken);
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return hash == file.Sha256
            ? bytes
            : throw new UserErrorException($"{file} of {_path} has SHA-256 {hash}, but {file.Sha256} was expected; get the package's file (.nupkg) again from a feed that you trust.");
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private static byte[] Unpacked(ZipArchiveEntry entry, long most)
    {
        if (entry.Length > most)
            throw new InvalidDataException($"{Excerpt.Of(entry.FullName)} unpacks to {entry.Length} bytes, more than the {most} that one may have");
        byte[] bytes = new byte[entry.Length];
        ZipEntries.Unpack(entry, new MemoryStream(bytes));
        return bytes;
    }
}

/// <summary>A NuGet package that holds a pre-trained model.</summary>
/// <param name="Id">The package's name.</param>
/// <param name="Version">Its one version that is known here.</param>
/// <param name="Upstream">The model that it holds and where that comes from.</param>
public sealed record EncoderPackage(string Id, string Version, string Upstream)
{
    /// <summary>Name of the package's file.</summary>
    public string FileName => $"{Id}.{Version}.nupkg";

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Version}";
}

/// <summary>A file in a package.</summary>
/// <param name="Package">The package.</param>
/// <param name="Entry">Path in the package.</param>
/// <param name="Resource">Name of the manifest resource where the entry is an assembly that holds the file; else null.</param>
/// <param name="Sha256">What the file must hash to, in lower-case hexadecimals.</param>
public sealed record PackagedFile(EncoderPackage Package, string Entry, string? Resource, string Sha256)
{
    /// <inheritdoc/>
    public override string ToString() => Resource is null ? Entry : $"{Resource} in {Entry}";
}

/// <summary>Resources of .NET assemblies, read as data: the assembly is never loaded (ECMA-335, II.22.24 and II.24.2.1).</summary>
internal static class ManifestResource
{
    /// <summary>A resource's bytes.</summary>
    /// <exception cref="BadImageFormatException">The file is no .NET assembly.</exception>
    /// <exception cref="InvalidDataException">There is no such resource.</exception>
    public static byte[] Read(byte[] assembly, string name)
    {
        using var file = new PEReader(ImmutableCollectionsMarshal.AsImmutableArray(assembly));
        if (!file.HasMetadata || file.PEHeaders.CorHeader is not { } header)
            throw new BadImageFormatException("it is no .NET assembly");
        var metadata = file.GetMetadataReader();
        var known = metadata.ManifestResources.Select(metadata.GetManifestResource).Where(resource => resource.Implementation.IsNil).ToArray();
        int found = Array.FindIndex(known, resource => metadata.StringComparer.Equals(resource.Name, name));
        if (found < 0)
            throw new InvalidDataException($"the assembly has no resource '{name}', only {string.Join(", ", known.Select(resource => metadata.GetString(resource.Name)))}");
        var data = file.GetSectionData(header.ResourcesDirectory.RelativeVirtualAddress).GetReader();
        data.Offset = checked((int)known[found].Offset);
        return data.ReadBytes(data.ReadInt32());
    }
}
