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

    private void AppendText(ReadOnlySpan<byte> text)
    {
        Span<byte> space = buffer.GetSpan(4 + text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(space, text.Length);
        text.CopyTo(space[4..]);
        buffer.Advance(4 + text.Length);
    }

    private void Flush()
    {
        hash.AppendData(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
