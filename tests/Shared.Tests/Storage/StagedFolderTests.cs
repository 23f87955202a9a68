using System.Diagnostics;
using UniM2Rec.Diagnostics;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Storage;

/// <summary>A folder that is put in its place: whole, or not at all.</summary>
public sealed class StagedFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Target => _folder["made"];

    private string[] Entries => [.. Directory.GetFileSystemEntries(_folder.Path).Select(entry => Path.GetFileName(entry)).Order()];

    [Fact]
    public void What_a_killed_writer_of_the_same_folder_left_is_deleted_and_nothing_else()
    {
        using (var writer = Process.Start(new ProcessStartInfo("sleep", "0"))!)
        {
            writer.WaitForExit();
            foreach (string name in new[] { $"{Target}.{writer.Id:x}-1f.tmp", $"{Target}.{Environment.ProcessId:x}-1f.tmp", $"{Target}-other.{writer.Id:x}-1f.tmp", $"{Target}.mine.tmp" })
            {
                Directory.CreateDirectory(name);
                File.WriteAllText(Path.Combine(name, "a"), "half");
            }

            using (var staged = new StagedFolder(Target)) staged.Publish();
            Assert.False(Directory.Exists($"{Target}.{writer.Id:x}-1f.tmp"));
            Assert.Equal("half", File.ReadAllText($"{Target}.{Environment.ProcessId:x}-1f.tmp/a")); // still at work
            Assert.Equal("half", File.ReadAllText($"{Target}-other.{writer.Id:x}-1f.tmp/a"));
            Assert.Equal("half", File.ReadAllText($"{Target}.mine.tmp/a"));
        }
    }

    [Fact]
    public void Nothing_is_there_before_it_is_published_and_nothing_beside_it_afterwards()
    {
        using (var staged = new StagedFolder(Target + Path.DirectorySeparatorChar))
        {
            File.WriteAllText(Path.Combine(staged.Path, "a"), "new");
            Assert.False(Directory.Exists(Target));
            staged.Publish();
        }

        Assert.Equal("new", File.ReadAllText(Path.Combine(Target, "a")));
        Assert.Equal(["made"], Entries);
    }

    [Fact]
    public void A_folder_that_is_not_published_leaves_what_was_there()
    {
        _folder.Write("made/a", "old");
        using (var staged = new StagedFolder(Target)) File.WriteAllText(Path.Combine(staged.Path, "a"), "new");
        Assert.Equal("old", File.ReadAllText(Path.Combine(Target, "a")));
        Assert.Equal(["made"], Entries);
    }

    [Fact]
    public async Task A_folder_that_is_replaced_is_there_at_every_moment()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux exchanges two folders in one step.");
        _folder.Write("made/a", "0");
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var reading = Task.Factory.StartNew(() =>
        {
            do
            {
                // An open file goes on being the one that it was; between two looks the folder may be another, but never none.
                Assert.True(Directory.Exists(Target));
                begun.TrySetResult();
            }
            while (!stop.IsCancellationRequested);
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        for (int i = 1; i <= 30; i++)
        {
            using var staged = new StagedFolder(Target);
            File.WriteAllText(Path.Combine(staged.Path, "a"), $"{i}");
            staged.Publish();
        }

        await stop.CancelAsync();
        await reading;
        Assert.Equal("30", File.ReadAllText(Path.Combine(Target, "a")));
        Assert.Equal(["made"], Entries);
    }

    [Fact]
    public void A_place_that_can_not_be_written_to_is_one_sentence()
    {
        _folder.Write("file", "mine");
        string said = Assert.Throws<UserErrorException>(() => new StagedFolder(_folder["file/made"])).Message;
        Assert.Contains("could not be written", said, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder["file"]));
    }
}
