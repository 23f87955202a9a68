using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace UniM2Rec.Storage;

/// <summary>
/// A folder that is either whole or not there: its files are written into a folder beside it, which takes its place in one rename. One that is replaced
/// changes places with the new one where the system can do that in one step (Linux), so that whoever reads it finds the one or the other.
/// </summary>
public sealed partial class StagedFolder : IDisposable
{
    private const int CurrentFolder = -100, ExchangeNames = 2; // AT_FDCWD, RENAME_EXCHANGE: see renameat2(2)

    private readonly string _target;
    private bool _published;

    /// <summary>Begins; the folder that is to be made need not be there, but the one above it.</summary>
    /// <param name="target">Where the folder goes.</param>
    /// <exception cref="UserErrorException">The folder can't be made.</exception>
    public StagedFolder(string target)
    {
        _target = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        Path = AtomicFile.TemporaryName(_target);
        try
        {
            foreach (string left in Leftovers(_target)) DeleteQuietly(left);
            Directory.CreateDirectory(Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(Path, failure);
        }
    }

    /// <summary>Where its files are written.</summary>
    public string Path { get; }

    /// <summary>Puts the folder in its place. What was there is deleted.</summary>
    /// <exception cref="UserErrorException">It can't be put there; what was there stays.</exception>
    public void Publish()
    {
        try
        {
            foreach (string file in Directory.GetFiles(Path))
            {
                using var written = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                DiskStorage.Instance.Sync(written);
            }

            DiskStorage.Instance.SyncFolder(Path);
            if (Directory.Exists(_target)) Exchange();
            else Directory.Move(Path, _target);
            _published = true;
            DiskStorage.Instance.SyncFolder(System.IO.Path.GetDirectoryName(_target)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(_target, failure);
        }

        DeleteQuietly(Path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_published) DeleteQuietly(Path);
    }

    /// <summary>What writers of the same folder left that were killed: a temporary name holds the number of the process.</summary>
    private static IEnumerable<string> Leftovers(string target) =>
        System.IO.Path.GetDirectoryName(target) is { } parent && Directory.Exists(parent)
            ? Directory.GetDirectories(parent, "*" + AtomicFile.TemporarySuffix)
                .Where(path => AtomicFile.WrittenName(System.IO.Path.GetFileName(path)) == System.IO.Path.GetFileName(target) && HasEnded(path))
            : [];

    private static bool HasEnded(string temporary)
    {
        string[] parts = temporary.Split('.');
        if (parts.Length < 3 || !int.TryParse(parts[^2].Split('-')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int process)) return false;
        try
        {
            using var writer = Process.GetProcessById(process);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private void Exchange()
    {
        if (OperatingSystem.IsLinux() && renameat2(CurrentFolder, Path, CurrentFolder, _target, ExchangeNames) == 0) return;
        string former = Path + ".former";
        Directory.Move(_target, former);
        try
        {
            Directory.Move(Path, _target);
        }
        catch
        {
            Directory.Move(former, _target);
            throw;
        }

        DeleteQuietly(former);
    }

    // What is left has a name of its own, and takes nobody's place.
    private static void DeleteQuietly(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);
}
