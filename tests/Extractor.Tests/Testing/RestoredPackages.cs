using System.Reflection;
using UniM2Rec.Models.Pretrained;

namespace UniM2Rec.Tests.Testing;

/// <summary>The packages of pre-trained encoders, which the restore of this project has put into NuGet's folder.</summary>
internal static class RestoredPackages
{
    private static readonly string Folder =
        typeof(RestoredPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PackageFolder").Value!;

    /// <summary>Those that an encoder is made from; none is fetched.</summary>
    public static PackageFiles Of(PretrainedEncoder encoder) => new([], new PackageCache((_, _) => null, Folder), [.. encoder.Packages]);
}
