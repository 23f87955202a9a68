using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Stage 2: tokenises and decodes the items of a window. One instance a thread.</summary>
public sealed class ItemPreparation
{
    private readonly ITextTokenizer? _tokenizer;
    private readonly PicturePreparation? _pictures;
    private readonly bool _readsMissingText;

    /// <summary>For one encoder.</summary>
    /// <param name="pack">Its description.</param>
    /// <param name="tokenizer">Its tokenizer, shared by all threads; null where it reads no text.</param>
    /// <param name="readsMissingText">Whether an item without text gets the ids of the empty text (<see cref="EncoderSession.ReadsMissingText"/>).</param>
    public ItemPreparation(EncoderPack pack, ITextTokenizer? tokenizer, bool readsMissingText)
    {
        _readsMissingText = readsMissingText;
        _tokenizer = tokenizer;
        _pictures = pack.Config.Image is { } image ? new(image) : null;
    }

    /// <summary>Prepares every item of a window.</summary>
    public void Prepare(PreparedItems window, CancellationToken cancellation)
    {
        for (var i = 0; i < window.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_tokenizer is not null)
                PrepareText(window, i);
            if (_pictures is not null)
                PreparePicture(window, i);
        }
    }

    private void PrepareText(PreparedItems window, int i)
    {
        var text = window.Text(i);
        if (text.Length == 0 && !_readsMissingText)
            return;
        window.TokenCounts[i] = _tokenizer!.Encode(text, window.IdRoom(i), window.WeightRoom(i));
        window.HasText[i] = text.Length > 0 && window.TokenCounts[i] > 0;
    }

    private void PreparePicture(PreparedItems window, int i)
    {
        if (window.ImagePaths[i] is not { } path)
            return;
        window.ImageDamage[i] = _pictures!.Prepare(path, window.PixelRoom());
        if (window.ImageDamage[i] is null)
            window.KeepPicture(i);
    }
}
