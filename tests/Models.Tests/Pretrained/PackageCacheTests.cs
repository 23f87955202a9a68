using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Pretrained;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pretrained;

public sealed class PackageCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _asked = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_package_where_NuGet_keeps_it_is_found_without_asking()
    {
        Directory.CreateDirectory(_folder["default"]);
        string path = FakePackage.Write(_folder["default/fake.encoder/1.2.3/fake.encoder.1.2.3.nupkg"], []);

        Assert.Equal(path, Find((_, _) => throw new InvalidOperationException("asked")));
    }

    [Fact]
    public void Another_folder_that_NuGet_names_is_looked_at()
    {
        string path = FakePackage.Write(_folder["elsewhere/fake.encoder/1.2.3/fake.encoder.1.2.3.nupkg"], []);

        Assert.Equal(path, Find(Dotnet(_ => (1, "must not be asked"))));
        Assert.Equal(["nuget"], _asked);
    }

    [Fact]
    public void A_package_that_is_not_there_is_restored_alone_and_by_its_exact_version()
    {
        string project = "";
        string path = Find(Dotnet(arguments =>
        {
            project = File.ReadAllText(arguments[1]);
            Assert.Contains("-p:ImportDirectoryBuildProps=false", arguments);
            FakePackage.Write(_folder["elsewhere/fake.encoder/1.2.3/fake.encoder.1.2.3.nupkg"], []);
            return (0, "");
        }));

        Assert.True(File.Exists(path));
        Assert.Contains("""<PackageDownload Include="Fake.Encoder" Version="[1.2.3]" />""", project);
        Assert.Equal(["nuget", "note: restoring Fake.Encoder 1.2.3", "restore"], _asked);
    }

    [Fact]
    public void A_failed_restore_says_why_and_what_to_do()
    {
        var error = Assert.Throws<UserErrorException>(() => Find(Dotnet(arguments =>
            (1, $"  Determining projects\n{arguments[1]} : error NU1101: Unable to find package Fake.Encoder. [{arguments[1]}]\n"))));

        Assert.Contains("Fake.Encoder 1.2.3 could not be restored (error NU1101: Unable to find package Fake.Encoder)", error.Message);
        Assert.Contains("--package", error.Message);
    }

    [Fact]
    public void Without_a_dotnet_command_the_package_file_is_asked_for()
    {
        var error = Assert.Throws<UserErrorException>(() => Find((_, _) => null));

        Assert.Contains("no 'dotnet' command on PATH", error.Message);
        Assert.Contains("--package", error.Message);
    }

    [Fact]
    public void A_restore_that_brings_nothing_is_told()
    {
        var error = Assert.Throws<UserErrorException>(() => Find(Dotnet(_ => (0, ""))));

        Assert.Contains($"put no Fake.Encoder.1.2.3.nupkg into {_folder["elsewhere"]}", error.Message);
    }

    private string Find(DotnetCommand dotnet) =>
        new PackageCache(dotnet, _folder["default"]).Find(FakePackage.Known, note => _asked.Add("note: " + note), CancellationToken.None);

    private DotnetCommand Dotnet(Func<IReadOnlyList<string>, (int, string)> restore) => (arguments, _) =>
    {
        _asked.Add(arguments[0]);
        return arguments[0] == "nuget" ? (0, $"global-packages: {_folder["elsewhere"]}\n") : restore(arguments);
    };
}
