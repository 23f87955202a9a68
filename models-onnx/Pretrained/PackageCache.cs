using System.ComponentModel;
using System.Diagnostics;

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
        string folder = AskForFolder(package, cancellation);
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
        string id = package.Id.ToLowerInvariant();
        string path = Path.Combine(folder, id, package.Version, $"{id}.{package.Version}.nupkg");
        return File.Exists(path) ? path : null;
    }

    private static string DefaultFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private string AskForFolder(EncoderPackage package, CancellationToken cancellation)
    {
        var (_, output) = dotnet(["nuget", "locals", "global-packages", "--list"], cancellation) ?? throw PackageRestore.NoDotnet(package);
        string? line = output.Split('\n').FirstOrDefault(line => line.StartsWith(FolderLabel, StringComparison.Ordinal));
        return line?[FolderLabel.Length..].Trim()
            ?? throw new UserErrorException($"'dotnet nuget locals global-packages --list' did not name NuGet's folder of packages; get {package.FileName} from the package's feed and give it by --package.");
    }
}

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
            foreach (string path in given)
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
        string path = _cache.Find(package, note, cancellation);
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

/// <summary>Has NuGet put one package into its folder of packages, without what the package depends on.</summary>
internal static class PackageRestore
{
    /// <summary>Restores a project of one line, which no other project's properties reach.</summary>
    /// <exception cref="UserErrorException">There is no dotnet command, or it fails.</exception>
    public static void Run(DotnetCommand dotnet, EncoderPackage package, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("unim2rec-package-").FullName;
        try
        {
            string project = Path.Combine(folder, "package.csproj");
            File.WriteAllText(project, Project(package));
            string[] arguments =
            [
                "restore", project, "--verbosity", "quiet",
                "-p:ImportDirectoryBuildProps=false", "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false",
                // NuGet looks for its configuration from here, as it would for the user.
                $"-p:RestoreRootConfigDirectory={Environment.CurrentDirectory}",
            ];
            var (code, output) = dotnet(arguments, cancellation) ?? throw NoDotnet(package);
            if (code != 0)
                throw new UserErrorException($"{package} could not be restored ({Reason(output, project)}); check NuGet's sources ('dotnet nuget list source') and the network, or give the package's file by --package.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>That there is no dotnet command to get a package with.</summary>
    public static UserErrorException NoDotnet(EncoderPackage package) =>
        new($"{package} is not in NuGet's folder of packages, and there is no 'dotnet' command on PATH to restore it with; install the .NET SDK, or give the package's file by --package.");

    // PackageDownload takes exactly this version and nothing that it depends on.
    private static string Project(EncoderPackage package) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
            <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageDownload Include="{package.Id}" Version="[{package.Version}]" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>The first error that NuGet gives, without the project's path before it and after it.</summary>
    private static string Reason(string output, string project)
    {
        string[] lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string error = lines.FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? lines.LastOrDefault() ?? "it said nothing";
        return error.Replace($"[{project}]", "", StringComparison.Ordinal).Replace($"{project} : ", "", StringComparison.Ordinal).Trim().TrimEnd('.');
    }
}

/// <summary>Runs the <c>dotnet</c> command with some arguments in a folder.</summary>
/// <returns>Its exit code and all that it printed; null where there is no such command.</returns>
public delegate (int Code, string Output)? DotnetCommand(IReadOnlyList<string> arguments, CancellationToken cancellation);

/// <summary>The <c>dotnet</c> command of this machine.</summary>
public static class InstalledDotnet
{
    /// <summary>Runs it, and ends it with all that it has started when cancelled.</summary>
    public static (int Code, string Output)? Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string? name in new[] { "DOTNET_NOLOGO", "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_SKIP_FIRST_TIME_EXPERIENCE", "MSBUILDDISABLENODEREUSE" })
            start.Environment[name] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        try
        {
            using var process = Process.Start(start)!;
            using var end = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
