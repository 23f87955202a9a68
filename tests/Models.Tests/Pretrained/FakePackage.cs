using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using UniM2Rec.Models.Pretrained;

namespace UniM2Rec.Tests.Pretrained;

/// <summary>Writes a package's file as NuGet lays it out: a zip with a .nuspec, plain files, and an assembly with manifest resources.</summary>
internal static class FakePackage
{
    public static EncoderPackage Known { get; } = new("Fake.Encoder", "1.2.3", "a made-up model");

    public static PackagedFile File(string entry, byte[] content, string? resource = null) =>
        new(Known, entry, resource, Convert.ToHexStringLower(SHA256.HashData(content)));

    public static string Write(string path, IEnumerable<(string Entry, byte[] Content)> entries, string id = "Fake.Encoder", string version = "1.2.3")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var archive = new ZipArchive(System.IO.File.Create(path), ZipArchiveMode.Create);
        using (var specification = new StreamWriter(archive.CreateEntry($"{id}.nuspec").Open()))
        {
            specification.Write($"""
                <?xml version="1.0" encoding="utf-8"?>
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
                  <metadata>
                    <id>{id}</id><version>{version}</version><authors>Ada, Grace</authors><license type="expression">MIT</license>
                    <repository type="git" url="https://example.com/fake" />
                  </metadata>
                </package>
                """);
        }

        foreach (var (entry, content) in entries)
        {
            using var file = archive.CreateEntry(entry).Open();
            file.Write(content);
        }

        return path;
    }

    /// <summary>An assembly that holds nothing but resources.</summary>
    public static byte[] Assembly(params (string Name, byte[] Content)[] resources)
    {
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString("Fake.dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(metadata.GetOrAddString("Fake"), new Version(1, 0, 0, 0), default, default, 0, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        var data = new BlobBuilder();
        foreach (var (name, content) in resources)
        {
            metadata.AddManifestResource(ManifestResourceAttributes.Public, metadata.GetOrAddString(name), default, (uint)data.Count);
            data.WriteInt32(content.Length);
            data.WriteBytes(content);
            data.Align(8);
        }

        var assembly = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), new BlobBuilder(), managedResources: data).Serialize(assembly);
        return assembly.ToArray();
    }
}
