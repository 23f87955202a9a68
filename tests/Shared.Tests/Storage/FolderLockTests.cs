using UniM2Rec.Diagnostics;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Storage;

public sealed class FolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Another_is_told_who_holds_it_until_it_is_let_go()
    {
        using (FolderLock.Take(_folder["a/x.lock"], InUse))
        {
            string message = Assert.Throws<UserErrorException>(() => FolderLock.Take(_folder["a/x.lock"], InUse)).Message;
            Assert.StartsWith(OperatingSystem.IsWindows() ? "held by another program" : $"held by process {Environment.ProcessId} on {Environment.MachineName} (since ", message);
            Assert.EndsWith(".", message);
        }

        FolderLock.Take(_folder["a/x.lock"], InUse).Dispose();
    }

    [Fact]
    public void Folders_that_were_made_for_it_go_where_they_are_empty()
    {
        Directory.CreateDirectory(_folder["a"]);
        FolderLock.Take(_folder["a/b/c/x.lock"], InUse).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_folder["a"]));

        using (FolderLock.Take(_folder["a/b/c/x.lock"], InUse))
            _folder.Write("a/b/kept", "");
        Assert.False(Directory.Exists(_folder["a/b/c"]));
        Assert.True(File.Exists(_folder["a/b/kept"]));
    }

    [Fact]
    public void A_file_that_a_killed_program_left_is_no_lock()
    {
        _folder.Write("a/x.lock", "process 1 on elsewhere (since yesterday, 0)");
        using var held = FolderLock.Take(_folder["a/x.lock"], InUse);
        held.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_folder["a"]));
    }

    [Fact]
    public void Where_no_file_can_be_the_sentence_names_the_folder()
    {
        _folder.Write("file", "");
        Assert.Contains("could not be written", Assert.Throws<UserErrorException>(() => FolderLock.Take(_folder["file/x.lock"], InUse)).Message);
        Directory.CreateDirectory(_folder["a/x.lock"]);
        Assert.Contains("expected a regular file", Assert.Throws<UserErrorException>(() => FolderLock.Take(_folder["a/x.lock"], InUse)).Message);
    }

    private static string InUse(string holder) => $"held by {holder}.";
}
