using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using UniM2Rec.Extractor.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Texts and picture paths of all items in the order of rows, as items.csv was read once: every modality, and what is fitted, is made from the same
/// reading, the one that the catalogue's fingerprint is of, whatever becomes of the file meanwhile. Large ones lie in a temporary file.
/// </summary>
public sealed class ItemSpool : IDisposable
{
    private const int HeaderBytes = 12;
    private readonly Spool _records = new();
    private readonly ArrayBufferWriter<char> _text = new();
    private byte[] _record = new byte[256];

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    internal Spool Records => _records;

    /// <summary>Adds the current item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="text">Makes its text.</param>
    /// <param name="dataset">Tells where its picture is.</param>
    internal void Add(ItemCursor item, ItemText text, Dataset dataset)
    {
        _text.ResetWrittenCount();
        text.Append(item, _text);
        string path = "", problem = "";
        try
        {
            path = dataset.ResolveImage(item) ?? "";
        }
        catch (UserErrorException unusable)
        {
            problem = unusable.Message;
        }

        int room = HeaderBytes + Encoding.UTF8.GetMaxByteCount(_text.WrittenCount) + Encoding.UTF8.GetMaxByteCount(path.Length) + Encoding.UTF8.GetMaxByteCount(problem.Length);
        if (_record.Length < room)
            _record = new byte[Math.Max(room, 2 * _record.Length)];
        int end = HeaderBytes;
        Append(_text.WrittenSpan, 0);
        Append(path, 4);
        Append(problem, 8);
        _records.Write(_record.AsSpan(0, end));
        Count++;

        void Append(ReadOnlySpan<char> part, int lengthAt)
        {
            int length = Encoding.UTF8.GetBytes(part, _record.AsSpan(end));
            BinaryPrimitives.WriteInt32LittleEndian(_record.AsSpan(lengthAt), length);
            end += length;
        }
    }

    /// <summary>Reads all items from the first on; several readers may be open.</summary>
    public RowReader Read() => new(this);

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();
}

/// <summary>Stage 1: gives all items in the order of rows. Only one item is held at a time.</summary>
/// <param name="items">The items.</param>
public sealed class RowReader(ItemSpool items)
{
    private const int BufferBytes = 1 << 16;
    private byte[] _buffer = new byte[BufferBytes];
    private int _at, _filled;
    private long _position;
    private int _text, _path, _problem;

    /// <summary>Row of the current item; −1 before the first.</summary>
    public int Row { get; private set; } = -1;

    /// <summary>The current item's text, as UTF-8; empty where it has none.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(_at - _problem - _path - _text, _text);

    /// <summary>Moves to the next item.</summary>
    public bool Next()
    {
        if (Row + 1 == items.Count)
            return false;
        var header = Take(3 * sizeof(int));
        (_text, _path, _problem) = (
            BinaryPrimitives.ReadInt32LittleEndian(header), BinaryPrimitives.ReadInt32LittleEndian(header[4..]), BinaryPrimitives.ReadInt32LittleEndian(header[8..]));
        Take(_text + _path + _problem);
        Row++;
        return true;
    }

    /// <summary>Adds the current item to a window.</summary>
    public void AddTo(PreparedItems window)
    {
        var room = window.TextRoom;
        if (_text > 0)
            room.Advance(Encoding.UTF8.GetChars(Text, room.GetSpan(_text)));
        string? problem = null;
        window.EndItem(window.PictureSide == 0 ? null : PicturePath(out problem), problem);
    }

    /// <summary>Absolute path of the current item's picture; null where it has none, or one that can't be used, with the reason.</summary>
    public string? PicturePath(out string? problem)
    {
        problem = _problem == 0 ? null : Encoding.UTF8.GetString(_buffer.AsSpan(_at - _problem, _problem));
        return _path == 0 ? null : Encoding.UTF8.GetString(_buffer.AsSpan(_at - _problem - _path, _path));
    }

    /// <summary>The next bytes, which stay where they are until more are taken.</summary>
    private ReadOnlySpan<byte> Take(int count)
    {
        if (_filled - _at < count)
        {
            byte[] target = count > _buffer.Length ? new byte[count] : _buffer;
            _buffer.AsSpan(_at, _filled - _at).CopyTo(target);
            (_buffer, _filled, _at) = (target, _filled - _at, 0);
            int more = (int)Math.Min(_buffer.Length - _filled, items.Records.Length - _position);
            items.Records.ReadAt(_position, _buffer.AsSpan(_filled, more));
            (_position, _filled) = (_position + more, _filled + more);
        }

        _at += count;
        return _buffer.AsSpan(_at - count, count);
    }
}
