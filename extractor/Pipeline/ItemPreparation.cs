using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Stage 2: tokenises and decodes the items of a window. One instance a thread.</summary>
public sealed class ItemPreparation
{
    private readonly ITextTokenizer? _tokenizer;
    private readonly PicturePreparation? _pictures;
    private readonly bool _readsMissingText;
    private readonly PictureFiles _files;
    private readonly SeenPictures? _seen;
    private byte[] _text = new byte[1024];

    /// <summary>For one encoder.</summary>
    /// <param name="encoder">Its description.</param>
    /// <param name="tokenizer">Its tokenizer, shared by all threads; null where it reads no text.</param>
    /// <param name="readsMissingText">Whether an item without text gets the ids of the empty text (<see cref="EncoderSession.ReadsMissingText"/>).</param>
    /// <param name="pictures">Which picture files are read; null = any, of the standard size.</param>
    /// <param name="seen">Takes the hashes of the pictures that are read; null for nobody.</param>
    public ItemPreparation(EncoderFolder encoder, ITextTokenizer? tokenizer, bool readsMissingText, PictureFiles? pictures = null, SeenPictures? seen = null)
    {
        (_files, _seen) = (pictures ?? PictureFiles.Anywhere, seen);
        _readsMissingText = readsMissingText;
        _tokenizer = tokenizer;
        _pictures = encoder.Config.Image is { } image ? new(image, pictures) : null;
    }

    /// <summary>Prepares every item of a window.</summary>
    public void Prepare(PreparedItems window, CancellationToken cancellation)
    {
        for (int i = 0; i < window.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_tokenizer is not null)
                PrepareText(window, i);
            var text = _tokenizer is null ? [] : Utf8(window.Text(i));
            if (_pictures is not null && (window.ImagePaths[i] is not null || window.ImageDamage[i] is not null))
                PreparePicture(window, i, text);
            else
                RowContent.Of(text, [], window.Content(i));
        }
    }

    private ReadOnlySpan<byte> Utf8(ReadOnlySpan<char> text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_text.Length < most)
            _text = new byte[2 * most];
        return _text.AsSpan(0, Encoding.UTF8.GetBytes(text, _text));
    }

    private void PrepareText(PreparedItems window, int i)
    {
        var text = window.Text(i);
        if (text.Length == 0 && !_readsMissingText)
            return;
        window.TokenCounts[i] = _tokenizer!.Encode(text, window.IdRoom(i), window.WeightRoom(i));
        window.HasText[i] = text.Length > 0 && window.TokenCounts[i] > 0;
    }

    private void PreparePicture(PreparedItems window, int i, ReadOnlySpan<byte> text)
    {
        if (window.ImagePaths[i] is { } path)
        {
            Span<byte> hash = stackalloc byte[SeenPictures.HashBytes];
            var stamp = _seen is null ? null : FileStamp.Of(path);
            window.ImageDamage[i] = _pictures!.Prepare(path, window.PixelRoom(), hash);
            if (window.ImageDamage[i] is null)
            {
                window.KeepPicture(i);
                _seen?.Remember(path, stamp, hash);
                ItemContent.OfUsable(text, hash, window.Content(i));
                return;
            }
        }

        window.PictureStates[i] = _files.State(window.ImagePaths[i]);
        ItemContent.OfUnusable(text, window.PictureStates[i]!, window.Content(i));
    }
}

/// <summary>
/// Which fields make an item's text. An item whose chosen fields are all empty, or show nothing, falls back to its description; one without any text is
/// missing.
/// </summary>
public sealed class ItemText(IReadOnlyList<string> fields)
{
    private const string Between = ". ";
    private static readonly string[] Standard = ["title", "category", "brand"];

    /// <summary>Names that can be chosen.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["title", "category", "brand", "description"];

    /// <summary>Whether the current item has a text.</summary>
    public bool IsIn(ItemCursor item)
    {
        foreach (string field in fields)
        {
            if (!BlankText.Is(Field(item, field)))
                return true;
        }

        return !BlankText.Is(item.Description);
    }

    /// <summary>Appends the current item's text, or nothing.</summary>
    public void Append(ItemCursor item, ArrayBufferWriter<char> to)
    {
        int begin = to.WrittenCount;
        foreach (string field in fields)
        {
            var part = Field(item, field);
            if (BlankText.Is(part))
                continue;
            if (to.WrittenCount > begin)
                to.Write(Between);
            Append(part, to);
        }

        if (to.WrittenCount == begin && !BlankText.Is(item.Description))
            Append(item.Description, to);
    }

    /// <summary>A fingerprint together with the fields that make the texts; for the standard fields it is the same.</summary>
    public string Fingerprint(string encoder) => fields.SequenceEqual(Standard)
        ? encoder
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{encoder}\n{string.Join('\n', fields)}\n")));

    private static void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<char> to) =>
        to.Advance(utf8.IsEmpty ? 0 : Encoding.UTF8.GetChars(utf8, to.GetSpan(utf8.Length)));

    private static ReadOnlySpan<byte> Field(ItemCursor item, string name) => name switch
    {
        "title" => item.Title,
        "category" => item.Category,
        "brand" => item.Brand,
        _ => item.Description,
    };
}

/// <summary>
/// The fingerprint that is kept with features: the encoder's, together with what decides its answers outside its folder, which is how pictures become
/// pixels and which fields make the texts.
/// </summary>
public static class FeatureFingerprint
{
    /// <summary>Of an encoder's answers.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="text">Makes the texts.</param>
    /// <param name="cancellation">Stops.</param>
    public static string Of(EncoderFolder encoder, ItemText text, CancellationToken cancellation)
    {
        string pictures = OfPictures(encoder, cancellation);
        return encoder.Config.Tokenizer is null ? pictures : text.Fingerprint(pictures);
    }

    /// <summary>Whether features may be an encoder's, whichever fields made the texts; there are few choices.</summary>
    internal static bool MayBe(string fingerprint, EncoderFolder encoder, CancellationToken cancellation)
    {
        string own = OfPictures(encoder, cancellation);
        return own == fingerprint || (encoder.Config.Tokenizer is not null && FieldChoices([]).Any(fields => new ItemText(fields).Fingerprint(own) == fingerprint));
    }

    private static string OfPictures(EncoderFolder encoder, CancellationToken cancellation)
    {
        string own = encoder.Fingerprint(cancellation);
        return encoder.Config.Image is null ? own : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{own}\npictures {PicturePreparation.Version}\n")));
    }

    private static IEnumerable<string[]> FieldChoices(string[] begun) =>
        ItemText.Fields.Except(begun).Select(field => (string[])[.. begun, field]).SelectMany(longer => FieldChoices(longer).Prepend(longer));
}
