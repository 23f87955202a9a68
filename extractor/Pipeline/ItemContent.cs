using System.Text;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>What an item's vector is made from, as a hash: its text as it is encoded, and the bytes of its picture, as far as the encoder reads them (docs/FORMAT.md).</summary>
internal static class ItemContent
{
    private const byte Usable = 1, Unusable = 2;

    /// <summary>Of a text, empty where there is none or the encoder reads none, and a picture that could be used.</summary>
    public static void OfUsable(ReadOnlySpan<byte> text, ReadOnlySpan<byte> picture, Span<byte> destination)
    {
        Span<byte> part = stackalloc byte[1 + SeenPictures.HashBytes];
        part[0] = Usable;
        picture.CopyTo(part[1..]);
        RowContent.Of(text, part, destination);
    }

    /// <summary>Of a text and a picture that could not be used, which another state of its file, or other limits, may mend.</summary>
    public static void OfUnusable(ReadOnlySpan<byte> text, string state, Span<byte> destination) =>
        RowContent.Of(text, [Unusable, .. Encoding.UTF8.GetBytes(state)], destination);
}

/// <summary>Compares what rows were made from with the catalogue as it is. Pictures are read only where the file system says that they may have changed.</summary>
/// <param name="encoder">Tells what is read.</param>
/// <param name="items">The catalogue.</param>
/// <param name="pictures">Which picture files are read.</param>
/// <param name="seen">Pictures that were read before.</param>
/// <param name="bad">By row: what could not be used.</param>
/// <param name="cancellation">Stops.</param>
internal sealed class ItemComparison(
    EncoderFolder encoder, ItemSpool items, PictureFiles pictures, SeenPictures seen, IReadOnlyDictionary<int, BadItem> bad, CancellationToken cancellation) : IRowComparison
{
    private readonly RowReader _reader = items.Read();
    private readonly bool _readsText = encoder.Config.Tokenizer is not null, _readsPictures = encoder.Config.Image is not null;

    /// <inheritdoc/>
    public bool IsUnchanged(int row, ReadOnlySpan<byte> content)
    {
        cancellation.ThrowIfCancellationRequested();
        while (_reader.Row < row)
            _reader.Next();
        string? problem = null;
        string? path = _readsPictures ? _reader.PicturePath(out problem) : null;
        // Of rows from before contents were kept, those whose picture could not be used are looked at.
        if (content.IsEmpty)
            return bad.GetValueOrDefault(row) is not { IsVector: false } known || pictures.State(path) == known.State;
        var text = _readsText ? _reader.Text : [];
        Span<byte> now = stackalloc byte[RowContent.Bytes];
        if (path is null && problem is null)
        {
            RowContent.Of(text, [], now);
            return now.SequenceEqual(content);
        }

        var (state, hash) = pictures.Look(path, seen);
        if (hash is not null)
        {
            ItemContent.OfUsable(text, hash, now);
            if (now.SequenceEqual(content))
                return true;
        }

        ItemContent.OfUnusable(text, state, now);
        return now.SequenceEqual(content);
    }
}
