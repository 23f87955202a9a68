using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace UniM2Rec.Storage;

/// <summary>Files that are either whole or not there: written beside their place, flushed, and renamed.</summary>
public static class AtomicFile
{
    /// <summary>What the name of a file that is being written ends with.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>A name beside a file's own, under which it is written: of no other process, and of no other write of this one.</summary>
    public static string TemporaryName(string path) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId:x}-{Random.Shared.Next():x}{TemporarySuffix}");

    /// <summary>The name of the file that was to be written under a <see cref="TemporaryName"/>, or under the names from before these were unique.</summary>
    /// <param name="name">A file's name without its folder.</param>
    /// <returns>Null where it is no such name.</returns>
    public static string? WrittenName(string name)
    {
        if (!name.EndsWith(TemporarySuffix, StringComparison.Ordinal)) return null;
        string written = name[..^TemporarySuffix.Length];
        int dot = written.LastIndexOf('.');
        string[] marks = written[(dot + 1)..].Split('-');
        return dot > 0 && marks is [[_, ..], [_, ..]] && marks.All(mark => mark.All(char.IsAsciiHexDigitLower)) ? written[..dot] : written;
    }

    /// <summary>What writes that were killed left of files of some names, under names of their own.</summary>
    /// <param name="folder">need not exist</param>
    /// <param name="names">the files' names</param>
    public static IReadOnlyList<string> Leftovers(string folder, IReadOnlyCollection<string> names) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + TemporarySuffix).Where(path => names.Contains(WrittenName(Path.GetFileName(path))))]
        : [];

    /// <summary>
    /// Writes a file through <paramref name="write"/>. When that fails, an older file of this name stays as it was.
    /// </summary>
    /// <remarks>A link stays, and its target is written; a device or pipe is written to as it is.</remarks>
    /// <exception cref="UserErrorException">the file can't be written (full disk, no permission, ...)</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (OutputTarget.OpenSpecial(path) is { } special)
            WriteThrough(path, special, write);
        else
            Write(OutputTarget.Resolve(path), write, DiskStorage.Instance);
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, Action<Stream> write, IStorage? storage)
    {
        if (storage is null)
        {
            Write(path, write);
            return;
        }

        path = Path.GetFullPath(path);
        string temporary = TemporaryName(path);
        try
        {
            using (var file = storage.Create(temporary))
            {
                write(file);
                storage.Sync(file);
            }
            storage.Replace(temporary, path);
            storage.SyncFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception failure)
        {
            DeleteQuietly(temporary, storage);
            if (failure is IOException or UnauthorizedAccessException)
                StorageErrors.CannotWrite(path, failure);
            throw;
        }
    }

    private static void WriteThrough(string path, Stream special, Action<Stream> write)
    {
        try
        {
            using (special)
                write(special);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(path, failure);
        }
    }

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    /// <exception cref="UserErrorException">as for <see cref="Write(string, Action{Stream})"/></exception>
    public static void WriteText(string path, string text, IStorage? storage = null) => Write(path, file => file.Write(System.Text.Encoding.UTF8.GetBytes(text)), storage);

    /// <summary>Copies a file, in place of one that is there.</summary>
    /// <exception cref="UserErrorException">as for <see cref="Write(string, Action{Stream})"/>, or the file is missing or no regular one</exception>
    public static void Copy(string from, string to)
    {
        using var source = RegularFile.Open(from, "a file to copy", FileOptions.SequentialScan);
        Write(to, source.CopyTo);
    }

    /// <summary>Deletes a file if it exists.</summary>
    /// <exception cref="UserErrorException">it can't be deleted</exception>
    public static void Delete(string path, IStorage? storage)
    {
        try
        {
            (storage ?? DiskStorage.Instance).Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Without its folder, there is no file.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(path, failure);
        }
    }

    // The write has failed already and that failure is the one to report; a leftover is deleted by the next run.
    private static void DeleteQuietly(string path, IStorage storage)
    {
        try
        {
            storage.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }
}

/// <summary>The messages about reading and writing files.</summary>
internal static class StorageErrors
{
    [DoesNotReturn]
    public static void CannotWrite(string path, Exception failure) => throw new UserErrorException(
        $"'{path}' could not be written ({failure.Message}); what was complete before is kept: " +
        "make room or mend the permission, then run the same command again.", failure);

    [DoesNotReturn]
    public static void CannotRead(string path, Exception failure) => throw new UserErrorException(
        $"'{path}' could not be read ({failure.Message}); expected a readable file: mend it or its permission.", failure);

    [DoesNotReturn]
    public static void CutOff(string path, long found, long expected) => throw new UserErrorException(
        $"'{path}' was cut off while it was read: it has {found} bytes now and had {expected}; let nothing else write to it, make or fetch it again, and run the same command again.");

    [DoesNotReturn]
    public static void MissingFile(string path, string whatItIs) => throw new UserErrorException(
        $"'{path}' does not exist; expected {whatItIs}: check the path.");
}
