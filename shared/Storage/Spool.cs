using Microsoft.Win32.SafeHandles;

namespace UniM2Rec.Storage;

/// <summary>
/// Bytes that are appended and read again: in memory while they are few, else in a file of the system's temporary folder, which is
/// gone when this is disposed or the program ends, however it ends.
/// </summary>
internal sealed class Spool : Stream
{
    private const int LargestBuffer = 1 << 20;

    private byte[] buffer = new byte[1 << 10];
    private int filled;
    private long inFile;
    private string path = "";
    private SafeFileHandle? file;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => inFile + filled;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <exception cref="Diagnostics.UserErrorException">the temporary folder can't be written to</exception>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (filled == buffer.Length)
                MakeRoom();
            int taken = Math.Min(bytes.Length, buffer.Length - filled);
            bytes[..taken].CopyTo(buffer.AsSpan(filled));
            filled += taken;
            bytes = bytes[taken..];
        }
    }

    public override void Write(byte[] bytes, int offset, int count) => Write(bytes.AsSpan(offset, count));

    /// <summary>Reads bytes that were written before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">the bytes are not all there</exception>
    public void ReadAt(long position, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position + destination.Length, Length, nameof(position));
        while (!destination.IsEmpty)
        {
            int read;
            if (position >= inFile)
            {
                read = destination.Length;
                buffer.AsSpan((int)(position - inFile), read).CopyTo(destination);
            }
            else
            {
                read = ReadFile(destination[..(int)Math.Min(destination.Length, inFile - position)], position);
            }
            position += read;
            destination = destination[read..];
        }
    }

    /// <summary>Copies everything that was written.</summary>
    public void WriteTo(Stream output)
    {
        byte[] piece = new byte[(int)Math.Min(1 << 16, Math.Max(1, Length))];
        for (long position = 0; position < Length; position += piece.Length)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, Length - position));
            ReadAt(position, part);
            output.Write(part);
        }
    }

    public override void Flush() { }

    public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file?.Dispose();
        base.Dispose(disposing);
    }

    private void MakeRoom()
    {
        if (buffer.Length < LargestBuffer)
        {
            Array.Resize(ref buffer, 2 * buffer.Length);
            return;
        }
        try
        {
            file ??= Open();
            RandomAccess.Write(file, buffer.AsSpan(0, filled), inFile);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(path, failure);
        }
        (inFile, filled) = (inFile + filled, 0);
    }

    private SafeFileHandle Open()
    {
        path = Path.Combine(Path.GetTempPath(), "unim2rec-" + Path.GetRandomFileName());
        SafeFileHandle opened = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        // Windows deletes it with the last handle; elsewhere an open file needs no name, and one without a name survives nobody.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return opened;
    }

    private int ReadFile(Span<byte> destination, long position)
    {
        int read = 0;
        try
        {
            read = RandomAccess.Read(file!, destination, position);
        }
        catch (IOException failure)
        {
            StorageErrors.CannotRead(path, failure);
        }
        return read > 0 ? read : throw new EndOfStreamException($"'{path}' is shorter than what was written to it");
    }
}
