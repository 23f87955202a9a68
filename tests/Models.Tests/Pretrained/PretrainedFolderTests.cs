using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pretrained;

public sealed class PretrainedFolderTests : IDisposable
{
    private static readonly byte[] Words = "[PAD]\n[UNK]\n"u8.ToArray();
    private static readonly PackagedFile File = FakePackage.File("tools/words.txt", Words);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_folder_is_an_encoder_with_a_note_of_its_licence_that_git_does_not_see()
    {
        Assert.True(Make(Encoder()));

        Assert.Equal("fake", EncoderFolder.Open(_folder["encoders/fake"]).Config.Name);
        Assert.Equal(Words, System.IO.File.ReadAllBytes(_folder["encoders/fake/vocab.txt"]));
        Assert.Equal("*\n", System.IO.File.ReadAllText(_folder["encoders/fake/.gitignore"]));
        string note = System.IO.File.ReadAllText(_folder["encoders/fake/LICENSE.txt"]);
        foreach (string? fact in new[] { "Fake.Encoder 1.2.3", "licence: MIT", "authors: Ada, Grace", "model: a made-up model", "repository: https://example.com/fake" })
            Assert.Contains(fact, note, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_again_is_up_to_date_and_files_beside_it_do_no_harm()
    {
        Make(Encoder());
        System.IO.File.WriteAllText(_folder["encoders/fake/notes.md"], "mine");

        Assert.False(Make(Encoder()));
        Assert.Equal([_folder["encoders/fake"]], Directory.GetFileSystemEntries(_folder["encoders"]));
    }

    [Theory]
    [InlineData("vocab.txt")]
    [InlineData("encoder.json")]
    public void Something_else_is_not_overwritten(string changed)
    {
        Make(Encoder());
        System.IO.File.WriteAllText(_folder["encoders/fake/" + changed], "mine");

        var error = Assert.Throws<UserErrorException>(() => Make(Encoder()));

        Assert.Contains($"its {changed} is not that of 'fake' (Fake.Encoder 1.2.3)", error.Message);
        Assert.Equal("mine", System.IO.File.ReadAllText(_folder["encoders/fake/" + changed]));
    }

    [Fact]
    public void Nothing_stays_behind_when_it_fails_or_is_cancelled()
    {
        Assert.Throws<UserErrorException>(() => Make(Encoder() with { Files = [File with { Sha256 = "00" }] }));
        Assert.Throws<InvalidOperationException>(() => Make(Encoder() with { Write = (_, _) => throw new InvalidOperationException("no") }));
        Assert.Throws<OperationCanceledException>(() => Make(Encoder(), new CancellationToken(canceled: true)));

        Assert.Empty(Directory.GetFileSystemEntries(_folder["encoders"]));
    }

    [Fact]
    public void A_package_file_that_is_given_must_be_one_that_is_needed()
    {
        string path = FakePackage.Write(_folder["other.nupkg"], [], version: "9.9.9");

        var error = Assert.Throws<UserErrorException>(() => new PackageFiles([path], new PackageCache((_, _) => null), [FakePackage.Known]));

        Assert.Contains("is the package Fake.Encoder 9.9.9, but Fake.Encoder 1.2.3 was expected", error.Message);
    }

    private static PretrainedEncoder Encoder() => new(
        new EncoderConfig { Name = "fake", Tokenizer = new TokenizerSpec { Vocabulary = "vocab.txt" } },
        [File],
        (files, folder) =>
        {
            System.IO.File.WriteAllText(Path.Combine(folder, "model.onnx"), "a model");
            System.IO.File.WriteAllBytes(Path.Combine(folder, "vocab.txt"), files[0]);
        });

    private bool Make(PretrainedEncoder encoder, CancellationToken cancellation = default)
    {
        string package = FakePackage.Write(_folder["fake.nupkg"], [("tools/words.txt", Words)]);
        using var packages = new PackageFiles([package], new PackageCache((_, _) => null), [FakePackage.Known]);
        return PretrainedFolder.Make(encoder, _folder["encoders/fake"], packages, Progress.None, cancellation);
    }
}
