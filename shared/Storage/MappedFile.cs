using System.IO.MemoryMappedFiles;

namespace UniM2Rec.Storage;

/// <summary>A file mapped for reading. The pointer is valid until disposal.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;

    /// <exception cref="Diagnostics.UserErrorException">the file is missing, no regular file, or can't be read</exception>
    public MappedFile(string path, string whatItIs)
    {
        Path = path;
        _file = RegularFile.Open(path, whatItIs);
        try
        {
            Length = _file.Length;
            // An empty file can't be mapped.
            if (Length == 0)
                return;
            _map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
            _start += _view.PointerOffset;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _file.Dispose();
            StorageErrors.CannotRead(path, failure);
        }
    }

    public string Path { get; }

    public long Length { get; }

    public byte* Start => _start;

    /// <summary>Looks whether the file still has all that is mapped. The system ends a program that reads on where a file was cut off, without a word.</summary>
    /// <exception cref="Diagnostics.UserErrorException">it has become shorter</exception>
    public void RequireWhole()
    {
        long found = RandomAccess.GetLength(_file.SafeFileHandle);
        if (found < Length)
            StorageErrors.CutOff(Path, found, Length);
    }

    public void Dispose()
    {
        _file.Dispose();
        if (_view is null)
            return;
        if (_start != null)
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map!.Dispose();
    }
}
