using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>How large pictures may be.</summary>
/// <param name="Pixels">Pixels that one may declare.</param>
/// <param name="Bytes">Bytes that a file may have.</param>
public sealed record PictureLimits(long Pixels, long Bytes)
{
    /// <summary>A square of 8,192 pixels, and 256 MiB.</summary>
    public static PictureLimits Standard { get; } = new(1L << 26, 256L << 20);
}

/// <summary>
/// Pictures as files: regular ones only, inside the pictures' folder also where links lead, and not larger than allowed. Whatever else stands at an
/// item's path is never opened. Safe to use from several threads.
/// </summary>
/// <param name="folder">The pictures' folder, which links do not leave; null where they may lead anywhere.</param>
/// <param name="limits">How large they may be.</param>
public sealed partial class PictureFiles(string? folder, PictureLimits limits)
{
    private const string None = "none";
    private const string Unreadable = "unreadable";
    private readonly string? _root = folder is null ? null : RealPath(folder) ?? Path.GetFullPath(folder);

    /// <summary>Any regular file, of the standard size.</summary>
    public static PictureFiles Anywhere { get; } = new(null, PictureLimits.Standard);

    /// <summary>How large pictures may be.</summary>
    public PictureLimits Limits => limits;

    /// <summary>Reads a file into memory that is to be given back by <see cref="Return"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its bytes; empty where it can't be used.</param>
    /// <returns>Null, or why it can't be used.</returns>
    public string? Read(string path, out ArraySegment<byte> bytes)
    {
        bytes = default;
        byte[]? buffer = null;
        try
        {
            if (FindProblem(path) is { } problem)
                return problem;
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            long length = RandomAccess.GetLength(file);
            if (length > limits.Bytes)
                return $"the picture's file has {length:N0} bytes, more than the {limits.Bytes:N0} that are allowed (maxPictureMib)";
            buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(length, 1));
            int read = 0;
            while (read < length && RandomAccess.Read(file, buffer.AsSpan(read, (int)length - read), read) is var more and > 0)
                read += more;
            bytes = new(buffer, 0, read);
            buffer = null;
            return null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return "the picture's file does not exist";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"the picture's file can't be read ({failure.Message})";
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives back what <see cref="Read"/> gave.</summary>
    public static void Return(ArraySegment<byte> bytes)
    {
        if (bytes.Array is not null)
            ArrayPool<byte>.Shared.Return(bytes.Array);
    }

    /// <summary>
    /// What a file is like, in a word that is the same on every machine (times of files are not): "none" where there is no file, "unreadable" where it
    /// can't be read, else the first half of its SHA-256; with the limits where they are not the standard ones, as others may let it pass.
    /// </summary>
    /// <param name="path">The file; null where the item's path can't be used.</param>
    public string State(string? path) => Look(path, seen: null).State;

    /// <summary>The <see cref="State"/> of a file, and the first half of its SHA-256, null where it can't be read or is larger than allowed.</summary>
    /// <param name="path">The file; null where the item's path can't be used.</param>
    /// <param name="seen">Files that were read before, and are not read again where they have not changed; takes those that are read. Null for none.</param>
    internal (string State, byte[]? Hash) Look(string? path, SeenPictures? seen)
    {
        string limited = limits == PictureLimits.Standard ? "" : FormattableString.Invariant($" {limits.Pixels} {limits.Bytes}");
        if (path is null)
            return (None, null);
        if (seen?.Find(path) is { } known)
            return (Convert.ToHexStringLower(known) + limited, known);
        try
        {
            if (FindProblem(path) is not null)
                return (Unreadable, null);
            var stamp = FileStamp.Of(path);
            using var file = File.OpenRead(path);
            if (file.Length > limits.Bytes)
                return (Unreadable + limited, null);
            byte[] hash = SHA256.HashData(file)[..SeenPictures.HashBytes];
            seen?.Remember(path, stamp, hash);
            return (Convert.ToHexStringLower(hash) + limited, hash);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return (None, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (Unreadable, null);
        }
    }

    /// <summary>Why what stands at a path is not to be opened; null where it is a file, or nothing.</summary>
    private string? FindProblem(string path)
    {
        var kind = FileKinds.Of(path);
        if (kind == FileKind.Missing)
            return null;
        if (kind != FileKind.Regular)
            return $"the picture's path is {FileKinds.NameOf(kind)}, not a file";
        return _root is not null && RealPath(path) is { } real && !real.StartsWith(Path.EndsInDirectorySeparator(_root) ? _root : _root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? "the picture's path is a link that leaves the pictures' folder"
            : null;
    }

    /// <summary>A path without links and dots; null where there is nothing, or where it can't be told (not on Linux).</summary>
    private static string? RealPath(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        nint resolved = realpath(path, 0);
        if (resolved == 0)
            return null;
        string? text = Marshal.PtrToStringUTF8(resolved);
        free(resolved);
        return text;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint realpath(string path, nint room);

    [LibraryImport("libc")]
    private static partial void free(nint memory);
}
