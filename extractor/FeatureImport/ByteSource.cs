using Microsoft.Win32.SafeHandles;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Bytes that are read from anywhere in them: of a file, or of what was unpacked or turned round on the way.</summary>
internal sealed class ByteSource : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly Spool? _spool;

    private ByteSource(SafeFileHandle? file, Spool? spool, string name)
    {
        (_file, _spool, Name) = (file, spool, name);
        Length = spool?.Length ?? RandomAccess.GetLength(file!);
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    /// <summary>Number of bytes.</summary>
    public long Length { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="UserErrorException">It is missing, or no regular file.</exception>
    public static ByteSource Of(string path)
    {
        RegularFile.Require(path);
        if (!File.Exists(path))
            throw new UserErrorException($"feature file '{path}' does not exist; give a {FeatureFile.Forms}.");
        return new(File.OpenHandle(path), null, path);
    }

    /// <summary>What was written to a spool, which is disposed with this.</summary>
    public static ByteSource Of(Spool spool, string name) => new(null, spool, name);

    /// <summary>Fills a span from a position on.</summary>
    /// <exception cref="UserErrorException">The file ends before.</exception>
    public void ReadAt(long position, Span<byte> destination)
    {
        if (_spool is not null)
        {
            _spool.ReadAt(position, destination);
            return;
        }

        for (int read = 0; read < destination.Length;)
        {
            int more = RandomAccess.Read(_file!, destination[read..], position + read);
            if (more == 0)
                throw new UserErrorException($"{Name} ended at byte {position + read:N0}, before its last row; the file was changed while it was read: run the same command again.");
            read += more;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _spool?.Dispose();
    }
}
