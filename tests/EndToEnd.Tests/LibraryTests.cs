using System.Diagnostics;
using System.Reflection;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests;

/// <summary>The packages that 'dotnet pack' makes serve a program that knows nothing of this repository.</summary>
public sealed class LibraryTests : IDisposable
{
    private static readonly string[] Projects = ["shared", "models-onnx", "extractor", "trainer", "serving"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_sample_builds_and_runs_from_the_packages()
    {
        foreach (string project in Projects)
            Dotnet(DocumentedCode.Root, "pack", project, "-c", Configuration, "--no-build", "-o", _folder["feed"], "--verbosity", "quiet");
        foreach (string file in Directory.GetFiles(Path.Combine(DocumentedCode.Root, "tests", "Library.Sample")))
            _folder.Write($"sample/{Path.GetFileName(file)}", File.ReadAllText(file));

        // What the packages stand on was restored with this project, into NuGet's folder; they themselves come from the local folder alone.
        Dotnet(
            _folder["sample"], "build", "-c", Configuration, "-o", _folder["program"], "--source", _folder["feed"], "--verbosity", "quiet", $"-p:RestorePackagesPath={_folder["packages"]}",
            $"-p:RestoreFallbackFolders={PackageFolder}", "-p:CreateHardLinksForCopyLocalIfPossible=true", "-p:NuGetAudit=false");
        string output = Dotnet(_folder["sample"], _folder["program/Library.Sample.dll"], _folder["work"]);

        Assert.Equal(["extracted 40 items", "trained", "tested 39 users", "for u1:"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.StartsWith("trained", StringComparison.Ordinal) ? "trained" : line.StartsWith("for u1:", StringComparison.Ordinal) ? "for u1:" : line));
        Assert.Equal(3, output.Split("for u1:")[1].Split(',').Count(item => item.Trim().StartsWith('g')));
    }

    [Fact]
    public void README_shows_lines_of_the_sample()
    {
        string sample = File.ReadAllText(Path.Combine(DocumentedCode.Root, "tests", "Library.Sample", "Program.cs"));
        string[] shown = File.ReadAllText(Path.Combine(DocumentedCode.Root, "README.md")).Split("```csharp\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(shown.Length > 10);
        int at = 0;
        Assert.All(shown, line => Assert.True((at = sample.IndexOf(line.Trim(), at, StringComparison.Ordinal)) >= 0, $"the sample has no '{line}' at this place"));
    }

    private static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;

    private static string PackageFolder { get; } =
        typeof(LibraryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "PackageFolder").Value!;

    /// <summary>Runs to the end and fails with everything that was said unless that went well.</summary>
    private static string Dotnet(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}\n{output}\n{errors.Result}");
        return output;
    }
}
