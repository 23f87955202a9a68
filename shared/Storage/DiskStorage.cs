using System.Runtime.InteropServices;

namespace UniM2Rec.Storage;

/// <summary>What writing a file safely takes. Tests put failing storage in its place.</summary>
public interface IStorage
{
    /// <summary>Opens a new file for writing, in place of one that is there.</summary>
    Stream Create(string path);

    /// <summary>Flushes a file from <see cref="Create"/> to the medium.</summary>
    void Sync(Stream file);

    /// <summary>Renames a file in one step, in place of the destination if it exists.</summary>
    void Replace(string source, string destination);

    /// <summary>Flushes a folder's entries (new, renamed and deleted names) to the medium.</summary>
    void SyncFolder(string folder);

    /// <summary>Deletes a file if it exists.</summary>
    void Delete(string path);
}

/// <summary>The file system.</summary>
public sealed partial class DiskStorage : IStorage
{
    /// <summary>It has no state, so one is enough.</summary>
    public static DiskStorage Instance { get; } = new();

    private const int Interrupted = 4; // EINTR

    private DiskStorage() { }

    /// <inheritdoc/>
    public Stream Create(string path)
    {
        // Opening a pipe would wait for its reader.
        RegularFile.Require(path);
        // Two programs that write one file would mix their bytes; the second one is refused.
        return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
    }

    /// <inheritdoc/>
    public void Sync(Stream file)
    {
        file.Flush();
        if (file is not FileStream stream)
            return;
        if (OperatingSystem.IsWindows())
        {
            stream.Flush(flushToDisk: true);
            return;
        }

        // .NET's own flush to the medium keeps quiet when it fails, and a file that never reached the disk would be renamed into place.
        int result;
        do
            result = fsync((int)stream.SafeFileHandle.DangerousGetHandle());
        while (result != 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (result != 0)
            throw new IOException($"'{stream.Name}' can't be flushed to the medium ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())})");
    }

    /// <inheritdoc/>
    public void Replace(string source, string destination) => File.Move(source, destination, overwrite: true);

    /// <inheritdoc/>
    public void SyncFolder(string folder)
    {
        // Windows journals names itself; .NET has no call for this, so it is asked of libc.
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = open(folder, flags: 0);
        if (descriptor < 0)
            throw new IOException($"folder '{folder}' can't be opened (errno {Marshal.GetLastPInvokeError()})");
        int result = fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        // File systems that can't sync a folder answer EINVAL (22); there is nothing more to do on them.
        if (result != 0 && error != 22)
            throw new IOException($"folder '{folder}' can't be flushed (errno {error})");
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Where there is no folder, there is no file.
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
