using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace UniM2Rec.Storage;

/// <summary>
/// Held by the one program that writes into a folder; the operating system lets go of it when that program ends, however it ends. It is a file in the
/// folder that says who holds it, and goes when it is let go. Whoever reads needs no lock, as every file is put in place whole.
/// </summary>
public sealed partial class FolderLock : IDisposable
{
    private const int Attempts = 50;

    /// <summary>Longest wait between two attempts, so that those who try at the same time let one of them through.</summary>
    private const int LongestWait = 20;
    private readonly FileStream _held;
    private readonly IReadOnlyList<string> _madeFolders;
    private bool _released;

    private FolderLock(FileStream held, IReadOnlyList<string> madeFolders) => (_held, _madeFolders) = (held, madeFolders);

    /// <summary>Takes the lock of a folder, which is made if it is not there.</summary>
    /// <param name="path">the lock's file in that folder</param>
    /// <param name="inUse">given who holds it ("process 12 on host (since …)"): what is said of that</param>
    /// <exception cref="UserErrorException">another program holds it, or the folder can't be written to</exception>
    public static FolderLock Take(string path, Func<string, string> inUse)
    {
        path = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(path)!;
        var made = Missing(folder);
        RegularFile.Require(path);
        try
        {
            IOException? last = null;
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                try
                {
                    Directory.CreateDirectory(folder);
                    if (TryTake(path) is { } held)
                        return new FolderLock(held, made);
                }
                catch (IOException failure)
                {
                    // Asked once: its holder may let go at any moment, and then nobody is named.
                    if (HeldBy(path) is { } holder)
                        throw new UserErrorException(inUse(holder), failure);
                    last = failure;
                }

                Thread.Sleep(Random.Shared.Next(Math.Min(attempt + 1, LongestWait)));
            }

            throw last ?? new IOException("its lock is made and deleted again and again");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(folder, failure);
            throw;
        }
    }

    /// <summary>Lets go; folders that were made for it go too where they are empty.</summary>
    public void Dispose()
    {
        if (_released)
            return;
        _released = true;
        try
        {
            // While it is held: a file that another program has locked meanwhile would be deleted otherwise.
            File.Delete(_held.Name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A file that nobody holds is no lock.
        }

        _held.Dispose();
        try
        {
            foreach (string folder in _madeFolders)
                Directory.Delete(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It holds something, as do those that it is in.
        }
    }

    /// <summary>Folders of a path that are not there, the deepest first.</summary>
    private static List<string> Missing(string folder)
    {
        var missing = new List<string>();
        for (string? at = folder; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
            missing.Add(at);
        return missing;
    }

    /// <returns>null where the file that was locked is not the one that stands there any more: its former holder has deleted it in between</returns>
    private static FileStream? TryTake(string path)
    {
        FileStream held;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (DirectoryNotFoundException)
        {
            return null; // The folder went with its former holder.
        }

        try
        {
            string own = string.Create(CultureInfo.InvariantCulture,
                $"process {Environment.ProcessId} on {Environment.MachineName} (since {DateTimeOffset.Now:yyyy-MM-dd HH:mm:ss}, {Guid.NewGuid():N})");
            held.SetLength(0);
            held.Write(Encoding.UTF8.GetBytes(own));
            if (OperatingSystem.IsWindows() || ReadText(path) == own)
                return held; // Windows deletes no file that is open
        }
        catch
        {
            held.Dispose();
            throw;
        }

        held.Dispose();
        return null;
    }

    /// <summary>Who holds it, in words; null where nobody does.</summary>
    private static string? HeldBy(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return null;
        }
        catch (IOException)
        {
            string text = ReadText(path) ?? "";
            int mark = text.LastIndexOf(", ", StringComparison.Ordinal);
            return mark > 0 && text.StartsWith("process ", StringComparison.Ordinal) ? text[..mark] + ")" : "another program";
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What the holder wrote. .NET opens no file that is locked, not even for reading, so it is asked of libc.</summary>
    private static string? ReadText(string path)
    {
        const int most = 1024;
        if (OperatingSystem.IsWindows())
            return null;
        try
        {
            using var handle = new SafeFileHandle(open(path, flags: 0), ownsHandle: true);
            if (handle.IsInvalid)
                return null;
            byte[] text = new byte[most];
            return Encoding.UTF8.GetString(text, 0, RandomAccess.Read(handle, text, 0));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
