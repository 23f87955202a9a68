using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace UniM2Rec.Trainer.Tracking;

/// <summary>
/// A run's metrics as TensorBoard reads them: a record an epoch, each a length, its checksum, an <c>Event</c> message (protobuf) and its checksum. TorchSharp's
/// <c>SummaryWriter</c> only appends, at the time at which it does, so that a run that was killed and goes on would have epochs twice or not at all.
/// </summary>
public static class EventFile
{
    private const int LengthBytes = 8, ChecksumBytes = 4, HeadBytes = LengthBytes + ChecksumBytes;
    private const byte WallTime = 0x09, Step = 0x10, FileVersion = 0x1A, Summary = 0x2A, Value = 0x0A, Tag = 0x0A, SimpleValue = 0x15;

    /// <summary>Makes the file say what the run has done.</summary>
    /// <param name="path">The file; what it says already stays as it is, so that TensorBoard may read it meanwhile.</param>
    /// <param name="epochs">All epochs that are done.</param>
    /// <param name="now">The time, where the file does not say when it was begun.</param>
    public static void Write(string path, IReadOnlyList<TrackedEpoch> epochs, DateTimeOffset now)
    {
        using var content = new MemoryStream();
        double start = StartOf(path) ?? (now.ToUnixTimeMilliseconds() / 1000.0) - epochs.Sum(e => e.Seconds), time = start;
        Record(content, [WallTime, .. BitConverter.GetBytes(start), .. Text(FileVersion, "brain.Event:2")]);
        foreach (var epoch in epochs)
        {
            time += epoch.Seconds;
            byte[] values = [.. epoch.Values.SelectMany(v => Bytes(Value, [.. Text(Tag, v.Name), SimpleValue, .. BitConverter.GetBytes((float)v.Value)]))];
            Record(content, [WallTime, .. BitConverter.GetBytes(time), Step, .. Varint((ulong)epoch.Epoch), .. Bytes(Summary, values)]);
        }

        GrowingFile.Bring(path, content.ToArray());
    }

    /// <summary>When a file was begun; null where it does not say so.</summary>
    private static double? StartOf(string path)
    {
        if (FileKinds.Of(path) == FileKind.Missing) return null;
        RegularFile.Require(path);
        using var file = File.OpenRead(path);
        byte[] head = new byte[HeadBytes + 1 + sizeof(double)];
        double start = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head[HeadBytes] == WallTime ? BitConverter.ToDouble(head, HeadBytes + 1) : 0;
        return start > 0 && double.IsFinite(start) ? start : null;
    }

    private static void Record(Stream output, byte[] message)
    {
        byte[] length = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, message.Length);
        foreach (byte[] part in new[] { length, message })
        {
            byte[] checksum = new byte[ChecksumBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(part));
            output.Write(part);
            output.Write(checksum);
        }
    }

    /// <summary>CRC-32C, turned and moved, as checksums of data that hold checksums are no good.</summary>
    private static uint MaskedChecksum(byte[] data)
    {
        uint checksum = ~data.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        return BitOperations.RotateRight(checksum, 15) + 0xA282EAD8;
    }

    private static byte[] Text(byte key, string text) => Bytes(key, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(byte key, byte[] content) => [key, .. Varint((ulong)content.Length), .. content];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
