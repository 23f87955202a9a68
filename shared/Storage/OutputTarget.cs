using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace UniM2Rec.Storage;

/// <summary>What stands at the path of a file that is to be written.</summary>
public static class OutputTarget
{
    /// <summary>Opens what is no regular file (a device, a pipe) for writing.</summary>
    /// <returns>Null where the path is a regular file's, or nothing is there yet.</returns>
    /// <exception cref="UserErrorException">A folder, a socket or a disk, or something that can't be written to, is there.</exception>
    public static Stream? OpenSpecial(string path)
    {
        var kind = FileKinds.Of(path);
        if (kind is FileKind.Folder or FileKind.Other)
            throw new UserErrorException($"'{path}' is {(kind == FileKind.Folder ? "a folder" : "a socket or a disk")}, but a file was expected; give a file's path.");
        if (!IsSpecial(path, kind))
            return null;
        try
        {
            return new FileStream(path, kind == FileKind.Regular ? FileMode.Append : FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(path, failure);
            throw;
        }
    }

    /// <summary>The path that links end at.</summary>
    /// <exception cref="UserErrorException">The links go round in a circle.</exception>
    public static string Resolve(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return path;
        }
        catch (IOException failure)
        {
            CircleOfLinks(path, failure);
            return path;
        }
    }

    /// <summary>Refuses to put a file in the place of one of another kind; devices and pipes are written to, whatever they are.</summary>
    /// <param name="path">Where it is to go.</param>
    /// <param name="kind">What it is, such as "a list of recommendations".</param>
    /// <param name="isOwn">Whether the file that is there is of that kind; it is not empty.</param>
    /// <param name="overwrite">Whether the user has asked for it all the same.</param>
    /// <exception cref="UserErrorException">Another file is there, or it can't be read.</exception>
    public static void RequireOwnKind(string path, string kind, Func<string, bool> isOwn, bool overwrite)
    {
        if (path.Length == 0 || path.Contains('\0'))
            throw UserErrorException.Usage($"The path of {kind} is {(path.Length == 0 ? "empty" : "a text with a character of value 0")}; give a file's path.");
        if (overwrite || FileKinds.Of(path) is var found && (found != FileKind.Regular || IsSpecial(path, found)))
            return;
        try
        {
            if (new FileInfo(path).Length == 0 || isOwn(path))
                return;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotRead(path, failure);
        }

        throw new UserErrorException($"'{path}' exists and is not {kind}; give another --out, or --overwrite to replace it.");
    }

    /// <summary>Whether a file begins with a text.</summary>
    public static bool BeginsWith(string path, string text)
    {
        byte[] beginning = Encoding.UTF8.GetBytes(text), held = new byte[beginning.Length];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(held, held.Length, throwOnEndOfStream: false) == held.Length && held.AsSpan().SequenceEqual(beginning);
    }

    // A redirected output is a regular file behind a descriptor: what is renamed into its place would not be what the shell holds.
    private static bool IsSpecial(string path, FileKind kind) => kind is FileKind.Device or FileKind.Pipe
        || (kind == FileKind.Regular && Path.GetFullPath(path) is var full && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)));

    [DoesNotReturn]
    private static void CircleOfLinks(string path, Exception failure) =>
        throw new UserErrorException($"'{path}' is a link that leads nowhere ({failure.Message}); give another path, or remove the link.", failure);
}
