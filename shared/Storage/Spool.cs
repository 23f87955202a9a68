using Microsoft.Win32.SafeHandles;

namespace UniM2Rec.Storage;

/// <summary>
/// Bytes that are appended and read again: in memory while they are few, else in a file of the system's temporary folder, which is
/// gone when this is disposed or the program ends, however it ends.
/// </summary>
public sealed class Spool : Stream
{
    private const int LargestBuffer = 1 << 20;

    private byte[] _buffer = new byte[1 << 10];
    private int _filled;
    private long _inFile;
    private string _path = "";
    private SafeFileHandle? _file;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _inFile + _filled;

    /// <inheritdoc/>
    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="Diagnostics.UserErrorException">the temporary folder can't be written to</exception>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_filled == _buffer.Length)
                MakeRoom();
            int taken = Math.Min(bytes.Length, _buffer.Length - _filled);
            bytes[..taken].CopyTo(_buffer.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
        }
    }

    /// <inheritdoc/>
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
            if (position >= _inFile)
            {
                read = destination.Length;
                _buffer.AsSpan((int)(position - _inFile), read).CopyTo(destination);
            }
            else
            {
                read = ReadFile(destination[..(int)Math.Min(destination.Length, _inFile - position)], position);
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
            var part = piece.AsSpan(0, (int)Math.Min(piece.Length, Length - position));
            ReadAt(position, part);
            output.Write(part);
        }
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file?.Dispose();
        base.Dispose(disposing);
    }

    private void MakeRoom()
    {
        if (_buffer.Length < LargestBuffer)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
            return;
        }
        try
        {
            _file ??= Open();
            RandomAccess.Write(_file, _buffer.AsSpan(0, _filled), _inFile);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(_path, failure);
        }
        (_inFile, _filled) = (_inFile + _filled, 0);
    }

    private SafeFileHandle Open()
    {
        _path = Path.Combine(Path.GetTempPath(), "unim2rec-" + Path.GetRandomFileName());
        var opened = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        // Windows deletes it with the last handle; elsewhere an open file needs no name, and one without a name survives nobody.
        if (!OperatingSystem.IsWindows())
            File.Delete(_path);
        return opened;
    }

    private int ReadFile(Span<byte> destination, long position)
    {
        int read = 0;
        try
        {
            read = RandomAccess.Read(_file!, destination, position);
        }
        catch (IOException failure)
        {
            StorageErrors.CannotRead(_path, failure);
        }
        return read > 0 ? read : throw new EndOfStreamException($"'{_path}' is shorter than what was written to it");
    }
}
