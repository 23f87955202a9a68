using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>
/// SHA-256 over the item tables, as docs/FORMAT.md defines it, built up while items stream by: what cached features depend on.
/// </summary>
public sealed class CatalogueFingerprint : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);

    /// <summary>Begins a domain; all domains come in the order of the dataset.</summary>
    public void AppendDomain(string domain)
    {
        AppendMark((byte)'D');
        AppendText(Encoding.UTF8.GetBytes(domain));
    }

    /// <summary>Adds the current item, of the domain begun last.</summary>
    public void AppendItem(ItemCursor item)
    {
        AppendMark((byte)'I');
        AppendText(item.ItemId);
        AppendText(item.Title);
        AppendText(item.Category);
        AppendText(item.Brand);
        AppendText(item.Description);
        AppendText(item.Image);
        if (_buffer.WrittenCount >= 1 << 15)
            Flush();
    }

    /// <summary>The fingerprint in hexadecimal; ends this instance.</summary>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AppendMark(byte mark)
    {
        _buffer.GetSpan(1)[0] = mark;
        _buffer.Advance(1);
    }

    private void AppendText(ReadOnlySpan<byte> text)
    {
        var space = _buffer.GetSpan(4 + text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(space, text.Length);
        text.CopyTo(space[4..]);
        _buffer.Advance(4 + text.Length);
    }

    private void Flush()
    {
        _hash.AppendData(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
