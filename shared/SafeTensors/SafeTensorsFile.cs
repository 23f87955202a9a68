namespace UniM2Rec.SafeTensors;

/// <summary>
/// A safetensors file, memory-mapped: checkpoints, shards, and weights from elsewhere. Spans are valid until disposal.
/// </summary>
public sealed unsafe class SafeTensorsFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly SafeTensorsHeader _header;
    private readonly Dictionary<string, SafeTensorEntry> _byName;

    private SafeTensorsFile(MappedFile file, SafeTensorsHeader header)
    {
        (this._file, this._header) = (file, header);
        _byName = header.Entries.ToDictionary(entry => entry.Name);
        Names = [.. header.Entries.Select(entry => entry.Name)];
    }

    /// <summary>Opens and checks a file; no payload is read.</summary>
    /// <exception cref="UserErrorException">missing, unreadable, or malformed in one of the ways that docs/FORMAT.md lists</exception>
    public static SafeTensorsFile Open(string path)
    {
        var file = new MappedFile(path, "a safetensors file");
        try
        {
            int length = SafeTensorsHeader.Length(new ReadOnlySpan<byte>(file.Start, (int)Math.Min(8, file.Length)), file.Length, path);
            var header = SafeTensorsHeader.Parse(new ReadOnlySpan<byte>(file.Start + 8, length), file.Length, path);
            return new SafeTensorsFile(file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Path that the file was opened by.</summary>
    public string Path => _file.Path;

    /// <summary>Names of the tensors in the order of the payload.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Tensors in the order of the payload.</summary>
    public IReadOnlyList<SafeTensorEntry> Entries => _header.Entries;

    /// <summary>The file's own notes.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>First byte of the payload in the file; tensor offsets count from it.</summary>
    public long PayloadOffset => _header.PayloadOffset;

    /// <summary>Whether the file has the tensor.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Type and shape of a tensor.</summary>
    /// <exception cref="UserErrorException">no such tensor; names the nearest one</exception>
    public SafeTensorEntry Entry(string name)
    {
        if (!_byName.TryGetValue(name, out var entry))
            SafeTensorsErrors.NoSuchTensor(Path, name, Names);
        return entry;
    }

    /// <summary>The bytes of a tensor in the map.</summary>
    /// <exception cref="UserErrorException">no such tensor</exception>
    /// <exception cref="OverflowException">the tensor has more than 2^31 - 1 bytes: use <see cref="CopyTo"/></exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var entry = Entry(name);
        return new ReadOnlySpan<byte>(Pointer(entry), checked((int)entry.ByteLength));
    }

    /// <summary>The elements of a tensor in the map (copied where the file does not align them, which few processors mind but C# does).</summary>
    /// <exception cref="UserErrorException">no such tensor, or it has another type</exception>
    /// <exception cref="OverflowException">the tensor has more than 2^31 - 1 elements</exception>
    public ReadOnlySpan<T> Span<T>(string name)
        where T : unmanaged
    {
        var entry = Entry(name);
        var wanted = SafeTensorTypes.Of<T>();
        if (entry.Type != wanted)
            SafeTensorsErrors.WrongType(Path, name, entry.Type, wanted.ToString());
        byte* start = Pointer(entry);
        int count = checked((int)entry.Count);
        if ((nuint)start % (nuint)sizeof(T) == 0)
            return new ReadOnlySpan<T>(start, count);
        var aligned = new T[count];
        fixed (T* destination = aligned)
            Buffer.MemoryCopy(start, destination, entry.ByteLength, entry.ByteLength);
        return aligned;
    }

    /// <summary>
    /// Copies elements of a floating-point tensor (F32, F16, BF16, F64) as singles; call it in a loop for a tensor larger than memory.
    /// </summary>
    /// <param name="name">the tensor</param>
    /// <param name="firstElement">first element in row-major order</param>
    /// <param name="destination">as many elements as it holds</param>
    /// <exception cref="UserErrorException">no such tensor, or it is not floating-point</exception>
    /// <exception cref="ArgumentOutOfRangeException">the range is not inside the tensor</exception>
    public void CopyTo(string name, long firstElement, Span<float> destination)
    {
        var entry = Entry(name);
        ArgumentOutOfRangeException.ThrowIfNegative(firstElement);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstElement + destination.Length, entry.Count, nameof(destination));
        if (!ElementConversion.IsFloatingPoint(entry.Type))
            SafeTensorsErrors.WrongType(Path, name, entry.Type, "a floating-point type");
        fixed (float* to = destination)
            ElementConversion.ToSingle(Pointer(entry) + firstElement * entry.Type.Size(), entry.Type, to, destination.Length);
    }

    /// <summary>All elements of a floating-point tensor as singles.</summary>
    /// <inheritdoc cref="CopyTo"/>
    public float[] ReadSingles(string name)
    {
        float[] values = new float[Entry(name).Count];
        CopyTo(name, 0, values);
        return values;
    }

    /// <summary>Computes the checksum of the whole file, where it carries one, and compares it with what it says.</summary>
    /// <returns>False where the file carries none.</returns>
    /// <exception cref="UserErrorException">They differ, or a piece of the file can't be read.</exception>
    public bool CheckWhole()
    {
        if (!Metadata.TryGetValue(SafeTensorsChecksum.Key, out string? said))
            return false;
        string found = SafeTensorsChecksum.Of(_file, (int)_header.PayloadOffset, said);
        if (found != said)
            SafeTensorsErrors.WrongChecksum(Path, found, said);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The file in the map.</summary>
    internal MappedFile Map => _file;

    /// <summary>First byte of the file in the map.</summary>
    internal byte* Start => _file.Start;

    /// <summary>Bytes of the file.</summary>
    internal long Length => _file.Length;

    /// <summary>First byte of a tensor in the map.</summary>
    internal byte* Pointer(SafeTensorEntry entry) => _file.Start + _header.PayloadOffset + entry.Offset;
}
