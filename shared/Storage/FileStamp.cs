using System.Runtime.InteropServices;

namespace UniM2Rec.Storage;

/// <summary>What a file system says of a file, which is another once the file is written, replaced, or changed in any other way.</summary>
/// <param name="Value">of size, times, number and device</param>
/// <param name="IsSettled">whether its last change is so long ago that a further one would show in its times</param>
public readonly partial record struct FileStamp(ulong Value, bool IsSettled)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint Asked = 0x7FF; // STATX_BASIC_STATS
    // struct statx, the same on every Linux: see statx(2)
    private const int StatxBytes = 256, ModeOffset = 28, NumberOffset = 32, SizeOffset = 40, ChangeOffset = 96, WriteOffset = 112, DeviceOffset = 136;
    private static readonly TimeSpan Coarsest = TimeSpan.FromSeconds(2); // FAT's times

    /// <summary>The stamp of a regular file, links followed; null where there is none.</summary>
    public static FileStamp? Of(string path)
    {
        if (path.Contains('\0'))
            return null;
        if (!OperatingSystem.IsLinux())
        {
            var file = new FileInfo(path);
            return file.Exists ? new((ulong)HashOf([file.Length, file.LastWriteTimeUtc.Ticks, file.CreationTimeUtc.Ticks]), DateTime.UtcNow - file.LastWriteTimeUtc > Coarsest) : null;
        }
        byte[] status = new byte[StatxBytes];
        if (statx(CurrentFolder, path, 0, Asked, status) != 0 || (BitConverter.ToUInt16(status, ModeOffset) & 0xF000) != 0x8000)
            return null;
        long value = HashOf(
        [
            Number(SizeOffset), Number(NumberOffset), Number(DeviceOffset),
            Number(ChangeOffset), Nanoseconds(ChangeOffset), Number(WriteOffset), Nanoseconds(WriteOffset),
        ]);
        var newest = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(Math.Max(Number(ChangeOffset), Number(WriteOffset)), 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        return new((ulong)value, DateTimeOffset.UtcNow - newest > Coarsest);

        long Number(int offset) => BitConverter.ToInt64(status, offset);
        long Nanoseconds(int offset) => BitConverter.ToUInt32(status, offset + sizeof(long));
    }

    private static long HashOf(ReadOnlySpan<long> parts) => (long)Catalogue.IdHash.Append(Catalogue.IdHash.Start, MemoryMarshal.AsBytes(parts));

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, [Out] byte[] status);
}
