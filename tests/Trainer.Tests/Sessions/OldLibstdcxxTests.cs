using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace UniM2Rec.Tests.Sessions;

/// <summary>What the build does to TorchSharp's library on systems whose libstdc++ is older than that of GCC 13 (.config/build/NativeLibraries.targets).</summary>
public class OldLibstdcxxTests : IDisposable
{
    private const string Version = "GLIBCXX_3.4.32";
    private readonly string _folder = Directory.CreateTempSubdirectory("unim2rec-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Where_the_system_lacks_the_version_one_byte_of_the_copy_differs_and_the_copy_loads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has a libstdc++ of the system's");
        string copy = Treat(systemHas: "GLIBCXX_3.4.30");
        byte[] before = File.ReadAllBytes(PackagedLibrary), after = File.ReadAllBytes(copy);

        Assert.Equal(before.Length, after.Length);
        int changed = Assert.Single(Enumerable.Range(0, before.Length), i => before[i] != after[i]);
        Assert.Equal(before[changed] | 2, after[changed]); // VER_FLG_WEAK
        foreach (string library in Directory.GetFiles(AppContext.BaseDirectory, "lib*.so*"))
        {
            if (Path.GetFileName(library) != Path.GetFileName(copy)) File.CreateSymbolicLink(Path.Combine(_folder, Path.GetFileName(library)), library);
        }

        nint handle = NativeLibrary.Load(copy);
        Assert.True(NativeLibrary.TryGetExport(handle, "THSTensor_add", out _));
    }

    [Fact]
    public void Where_the_system_has_the_version_the_copy_is_the_same()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has a libstdc++ of the system's");
        Assert.Equal(File.ReadAllBytes(PackagedLibrary), File.ReadAllBytes(Treat(systemHas: Version)));
    }

    [Fact]
    public void The_package_cache_is_left_as_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has a libstdc++ of the system's");
        byte[] before = File.ReadAllBytes(PackagedLibrary);
        Treat(systemHas: "GLIBCXX_3.4.30");
        Assert.Equal(before, File.ReadAllBytes(PackagedLibrary));
    }

    private static string PackagedLibrary => Path.Combine(Metadata("TorchSharpPackage"), "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    /// <summary>Runs the build's own task, with a file that says what the system's library has.</summary>
    private string Treat(string systemHas)
    {
        string copy = Path.Combine(_folder, "libLibTorchSharp.so"), system = Path.Combine(_folder, "libstdc++.so.6"), project = Path.Combine(_folder, "treat.proj");
        File.WriteAllText(system, $"GLIBCXX_3.4\0{systemHas}\0GLIBCXX_DEBUG\0");
        File.WriteAllText(project, $"""
            <Project>
              <Import Project="{Path.Combine(Metadata("RepositoryRoot"), ".config", "build", "NativeLibraries.targets")}" />
              <Target Name="Treat"><WeakSymbolVersion Source="{PackagedLibrary}" Target="{copy}" Version="{Version}" Provider="{system}" /></Target>
            </Project>
            """);
        using var build = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", project, "-target:Treat", "-verbosity:minimal", "-nodeReuse:false"]) { RedirectStandardOutput = true })!;
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        File.Delete(system); // the copy is loaded from this folder
        Assert.True(build.ExitCode == 0, output);
        return copy;
    }

    private static string Metadata(string key) => typeof(OldLibstdcxxTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
