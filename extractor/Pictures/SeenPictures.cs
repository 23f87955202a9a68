using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace UniM2Rec.Extractor.Pictures;

/// <summary>
/// Remembers the hashes of pictures' files by what the file system says of them, so that a later run reads only the pictures that may have changed. It is a
/// convenience: where the file is lost, damaged or of another machine, pictures are read again. Safe to use from several threads.
/// </summary>
public sealed class SeenPictures
{
    /// <summary>Bytes of a hash: the first half of SHA-256.</summary>
    public const int HashBytes = 16;

    private const int EntryBytes = 2 * sizeof(ulong) + HashBytes;
    private static readonly byte[] Beginning = "unim2rec pictures seen, 1\n"u8.ToArray();

    private readonly string? _path;
    private readonly byte[] _entries;
    private readonly bool[] _used;
    private readonly Lock _adding = new();
    private readonly Dictionary<ulong, Entry> _added = [];

    private SeenPictures(string? path, byte[] entries) => (_path, _entries, _used) = (path, entries, new bool[entries.Length / EntryBytes]);

    /// <summary>Remembers nothing, for good.</summary>
    public static SeenPictures Nothing() => new(null, []);

    /// <summary>Reads what an earlier run left.</summary>
    /// <param name="path">The file; need not be there.</param>
    public static SeenPictures Load(string path)
    {
        try
        {
            byte[] all = FileKinds.Of(path) == FileKind.Regular ? File.ReadAllBytes(path) : [];
            int length = all.Length - Beginning.Length - SHA256.HashSizeInBytes;
            bool isWhole = length >= 0 && length % EntryBytes == 0 && all.AsSpan().StartsWith(Beginning)
                && SHA256.HashData(all.AsSpan(0, all.Length - SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(all.AsSpan(all.Length - SHA256.HashSizeInBytes));
            return new(path, isWhole ? all[Beginning.Length..(Beginning.Length + length)] : []);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(path, []);
        }
    }

    /// <summary>The hash of a picture's file that has not changed since it was read.</summary>
    /// <returns>Null where it is not known.</returns>
    public byte[]? Find(string picture)
    {
        if (FileStamp.Of(picture) is not { } stamp)
            return null;
        ulong key = KeyOf(picture);
        lock (_adding)
        {
            if (_added.TryGetValue(key, out var added))
                return added.Stamp == stamp.Value ? added.Hash : null;
        }

        int at = IndexOf(key);
        if (at < 0 || BinaryPrimitives.ReadUInt64LittleEndian(_entries.AsSpan(at * EntryBytes + sizeof(ulong))) != stamp.Value)
            return null;
        _used[at] = true;
        return HashAt(at).ToArray();
    }

    /// <summary>Keeps a picture's hash.</summary>
    /// <param name="picture">Its file.</param>
    /// <param name="before">The file's stamp from before it was read; one that has changed but now is not relied on.</param>
    /// <param name="hash">The first half of the SHA-256 of its bytes.</param>
    public void Remember(string picture, FileStamp? before, ReadOnlySpan<byte> hash)
    {
        if (_path is null || before is not { IsSettled: true } stamp)
            return;
        var entry = new Entry(stamp.Value, hash[..HashBytes].ToArray());
        lock (_adding)
            _added[KeyOf(picture)] = entry;
    }

    /// <summary>Writes what is known of the pictures that were asked for or read; others are forgotten.</summary>
    /// <param name="storage">Where it goes; null for the file system.</param>
    /// <exception cref="UserErrorException">It can't be written.</exception>
    public void Save(IStorage? storage = null)
    {
        if (_path is null || (_added.Count == 0 && _used.All(used => used)))
            return;
        var entries = new List<(ulong Key, Entry Entry)>(_added.Select(added => (added.Key, added.Value)));
        for (int at = 0; at < _used.Length; at++)
        {
            if (_used[at] && !_added.ContainsKey(KeyAt(at)))
                entries.Add((KeyAt(at), new Entry(BinaryPrimitives.ReadUInt64LittleEndian(_entries.AsSpan(at * EntryBytes + sizeof(ulong))), HashAt(at).ToArray())));
        }

        entries.Sort((a, b) => a.Key.CompareTo(b.Key));
        AtomicFile.Write(_path, file =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Write(Beginning);
            Span<byte> room = stackalloc byte[EntryBytes];
            foreach (var (key, entry) in entries)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(room, key);
                BinaryPrimitives.WriteUInt64LittleEndian(room[sizeof(ulong)..], entry.Stamp);
                entry.Hash.CopyTo(room[(2 * sizeof(ulong))..]);
                Write(room);
            }

            file.Write(hash.GetHashAndReset());

            void Write(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }
        }, storage);
    }

    private static ulong KeyOf(string picture)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(picture), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private int IndexOf(ulong key)
    {
        var (low, high) = (0, _used.Length - 1);
        while (low <= high)
        {
            int middle = (low + high) / 2;
            ulong found = KeyAt(middle);
            if (found == key)
                return middle;
            (low, high) = found < key ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private ulong KeyAt(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_entries.AsSpan(at * EntryBytes));

    private ReadOnlySpan<byte> HashAt(int at) => _entries.AsSpan(at * EntryBytes + 2 * sizeof(ulong), HashBytes);

    private sealed record Entry(ulong Stamp, byte[] Hash);
}
