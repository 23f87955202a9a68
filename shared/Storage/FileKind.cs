using System.Runtime.InteropServices;

namespace UniM2Rec.Storage;

/// <summary>What stands at a path, links followed.</summary>
public enum FileKind
{
    /// <summary>Nothing, or nothing that can be looked at.</summary>
    Missing,

    /// <summary>A file with content of its own.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A device that is written or read as a stream, such as a terminal or /dev/null.</summary>
    Device,

    /// <summary>A pipe, named or not.</summary>
    Pipe,

    /// <summary>A socket or a disk.</summary>
    Other,
}

/// <summary>Tells kinds of files apart, for which .NET has no call.</summary>
public static partial class FileKinds
{
    private const int CurrentFolder = -100, StatxType = 1; // AT_FDCWD, STATX_TYPE
    private const int StatxBytes = 256, ModeOffset = 28; // struct statx, the same on every Linux: see statx(2)

    /// <summary>The kind of what stands at <paramref name="path"/>; where it can't be told (not on Linux), a file counts as regular.</summary>
    public static FileKind Of(string path)
    {
        if (path.Contains('\0'))
            return FileKind.Missing;
        if (Directory.Exists(path))
            return FileKind.Folder;
        if (!OperatingSystem.IsLinux())
            return File.Exists(path) ? FileKind.Regular : FileKind.Missing;
        byte[] status = new byte[StatxBytes];
        if (statx(CurrentFolder, path, 0, StatxType, status) != 0)
            return FileKind.Missing;
        return (BitConverter.ToUInt16(status, ModeOffset) & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0x2000 => FileKind.Device,
            0x1000 => FileKind.Pipe,
            _ => FileKind.Other,
        };
    }

    /// <summary>A kind as sentences have it.</summary>
    public static string NameOf(FileKind kind) => kind switch
    {
        FileKind.Missing => "nothing",
        FileKind.Regular => "a file",
        FileKind.Folder => "a folder",
        FileKind.Device => "a device",
        FileKind.Pipe => "a pipe",
        _ => "a socket or a disk",
    };

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, [Out] byte[] status);
}
