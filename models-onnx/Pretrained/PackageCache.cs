using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Pretrained;

/// <summary>
/// Finds packages in NuGet's folder of packages, and has NuGet restore those that are not there, with the sources and credentials that the
/// user has configured for it.
/// </summary>
/// <param name="dotnet">Runs the dotnet command.</param>
/// <param name="likelyFolder">Folder of packages that is looked at first; null = where NuGet keeps it by default.</param>
public sealed class PackageCache(DotnetCommand dotnet, string? likelyFolder = null)
{
    private const string FolderLabel = "global-packages:";

    /// <summary>Path of a package's file.</summary>
    /// <exception cref="UserErrorException">It is not there and can't be restored.</exception>
    public string Find(EncoderPackage package, Action<string> note, CancellationToken cancellation)
    {
        if (FileIn(likelyFolder ?? DefaultFolder(), package) is { } likely)
            return likely;
        var folder = AskForFolder(package, cancellation);
        if (FileIn(folder, package) is { } known)
            return known;
        note($"restoring {package}");
        PackageRestore.Run(dotnet, package, cancellation);
        return FileIn(folder, package)
            ?? throw new UserErrorException($"'dotnet restore' put no {package.FileName} into {folder}; get that file from the package's feed and give it by --package.");
    }

    /// <summary>A package's file in NuGet's layout (id/version/id.version.nupkg, in lower case), or null.</summary>
    private static string? FileIn(string folder, EncoderPackage package)
    {
        var id = package.Id.ToLowerInvariant();
        var path = Path.Combine(folder, id, package.Version, $"{id}.{package.Version}.nupkg");
        return File.Exists(path) ? path : null;
    }

    private static string DefaultFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private string AskForFolder(EncoderPackage package, CancellationToken cancellation)
    {
        var (_, output) = dotnet(["nuget", "locals", "global-packages", "--list"], cancellation) ?? throw PackageRestore.NoDotnet(package);
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith(FolderLabel, StringComparison.Ordinal));
        return line?[FolderLabel.Length..].Trim()
            ?? throw new UserErrorException($"'dotnet nuget locals global-packages --list' did not name NuGet's folder of packages; get {package.FileName} from the package's feed and give it by --package.");
    }
}
