using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Storage;

/// <summary>
/// Opens files for reading, and nothing but files: a pipe blocks whoever opens it, a device may never end, and a link leads to either.
/// </summary>
public static class RegularFile
{
    /// <summary>Refuses a path at which something stands that is no regular file, links followed; where nothing stands, it passes.</summary>
    /// <exception cref="UserErrorException">a folder, device, pipe, socket or disk, or a text that no path can be</exception>
    public static void Require(string path)
    {
        if (path.Length == 0 || path.Contains('\0'))
            NoPath(path);
        var kind = FileKinds.Of(path);
        if (kind is not (FileKind.Regular or FileKind.Missing))
            NotRegular(path, kind);
    }

    /// <summary>Opens a file for reading, which other programs may replace or delete meanwhile.</summary>
    /// <param name="path">the file</param>
    /// <param name="whatItIs">what is expected there, such as "a JSON config file"</param>
    /// <param name="options">how it will be read</param>
    /// <exception cref="UserErrorException">missing, no regular file, or unreadable</exception>
    public static FileStream Open(string path, string whatItIs, FileOptions options = FileOptions.None)
    {
        Require(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16, options);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            StorageErrors.MissingFile(path, whatItIs);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotRead(path, failure);
        }
        return null;
    }

    /// <summary>Reads a file whole, unless it is too long for what it is said to be.</summary>
    /// <param name="path">the file</param>
    /// <param name="whatItIs">what is expected there</param>
    /// <param name="most">bytes that are read at most</param>
    /// <exception cref="UserErrorException">as for <see cref="Open"/>, or longer than <paramref name="most"/></exception>
    public static byte[] ReadBytes(string path, string whatItIs, long most)
    {
        using var file = Open(path, whatItIs);
        try
        {
            if (file.Length > most)
                TooLong(path, whatItIs, file.Length, most);
            // Files of /proc say that they are empty, and others may grow: what is read counts, not what was announced.
            using var content = new MemoryStream((int)file.Length);
            byte[] piece = new byte[1 << 16];
            for (int read; (read = file.Read(piece)) > 0;)
            {
                if (content.Length + read > most)
                    TooLong(path, whatItIs, content.Length + read, most);
                content.Write(piece, 0, read);
            }
            return content.ToArray();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotRead(path, failure);
            return null;
        }
    }

    [DoesNotReturn]
    private static void NoPath(string path) => throw new UserErrorException(
        path.Length == 0
            ? "a file's path is empty; expected a path: give one."
            : $"'{path}' can't be a path, for it has a character of value 0; expected a file's path: correct it.");

    [DoesNotReturn]
    private static void NotRegular(string path, FileKind kind) => throw new UserErrorException(
        $"'{path}' is {FileKinds.NameOf(kind)}; expected a regular file: give the path of one, or copy the content into one.");

    [DoesNotReturn]
    private static void TooLong(string path, string whatItIs, long found, long most) => throw new UserErrorException(
        $"'{path}' is {found} bytes long or more; expected {whatItIs} of at most {most} bytes: check the path.");
}
