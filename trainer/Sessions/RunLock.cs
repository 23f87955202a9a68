using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// Held by the one program that trains in a run folder; the operating system lets go of it when that program ends, however it ends. Whoever reads the
/// run needs no lock, as every file of it is put in place whole.
/// </summary>
public sealed partial class RunLock : IDisposable
{
    private const int Attempts = 20;
    private readonly FileStream _held;
    private readonly string? _madeFolder;
    private bool _released;

    private RunLock(FileStream held, string? madeFolder) => (_held, _madeFolder) = (held, madeFolder);

    /// <summary>Takes the lock of a run folder, which is made if it is not there.</summary>
    /// <exception cref="UserErrorException">Another program trains there, or the folder can't be written to.</exception>
    public static RunLock Take(RunFolder run)
    {
        string? made = Directory.Exists(run.Path) ? null : run.Path;
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                try
                {
                    Directory.CreateDirectory(run.Path);
                    if (TryTake(run.Lock) is { } held) return new RunLock(held, made);
                }
                catch (IOException) when (attempt < Attempts - 1 && HeldBy(run.Lock) is null)
                {
                    // Its holder has let go of it in between.
                }
            }

            throw new IOException("it was made and deleted again and again");
        }
        catch (IOException failure) when (HeldBy(run.Lock) is { } holder)
        {
            throw new UserErrorException($"The run {run.Path} is being trained by {holder}; wait until that has ended, stop it, or give another --out.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The run folder {run.Path} can't be written to ({failure.Message.TrimEnd('.')}); mend that, or give another --out.", failure);
        }
    }

    /// <summary>Lets go; a folder that was made for it and is empty goes too.</summary>
    public void Dispose()
    {
        if (_released) return;
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
            if (_madeFolder is not null && !Directory.EnumerateFileSystemEntries(_madeFolder).Any()) Directory.Delete(_madeFolder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // An empty folder does no harm.
        }
    }

    /// <returns>Null where the file that was locked is not the one that stands there any more: its former holder has deleted it in between.</returns>
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
            if (OperatingSystem.IsWindows() || ReadText(path) == own) return held; // Windows deletes no file that is open
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
        if (!File.Exists(path)) return null;
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
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            using var handle = new SafeFileHandle(open(path, flags: 0), ownsHandle: true);
            if (handle.IsInvalid) return null;
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
