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
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> buffer = new(1 << 16);

    /// <summary>Begins a domain; all domains come in the order of the dataset.</summary>
    public void AppendDomain(string domain)
    {
        AppendMark((byte)'D');
        AppendText(domain);
    }

    /// <summary>Adds an accepted item of the domain begun last.</summary>
    public void AppendItem(Item item)
    {
        AppendMark((byte)'I');
        AppendText(item.ItemId);
        AppendText(item.Title);
        AppendText(item.Category);
        AppendText(item.Brand);
        AppendText(item.Description);
        AppendText(item.Image);
        if (buffer.WrittenCount >= 1 << 15)
            Flush();
    }

    /// <summary>The fingerprint in hexadecimal; ends this instance.</summary>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();

    private void AppendMark(byte mark)
    {
        buffer.GetSpan(1)[0] = mark;
        buffer.Advance(1);
    }

    private void AppendText(string text)
    {
        Span<byte> space = buffer.GetSpan(4 + Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, space[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(space, length);
        buffer.Advance(4 + length);
    }

    private void Flush()
    {
        hash.AppendData(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
