using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace UniM2Rec.Models.Pretrained;

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
        var found = Array.FindIndex(known, resource => metadata.StringComparer.Equals(resource.Name, name));
        if (found < 0)
            throw new InvalidDataException($"the assembly has no resource '{name}', only {string.Join(", ", known.Select(resource => metadata.GetString(resource.Name)))}");
        var data = file.GetSectionData(header.ResourcesDirectory.RelativeVirtualAddress).GetReader();
        data.Offset = checked((int)known[found].Offset);
        return data.ReadBytes(data.ReadInt32());
    }
}
