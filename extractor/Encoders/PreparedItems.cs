using System.Buffers;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>
/// A stretch of consecutive rows, prepared for an encoder: token ids and pixels in flat buffers that are kept and used again. What the
/// encoder answers is laid down here too, by row.
/// </summary>
public sealed class PreparedItems
{
    private readonly int _maxTokens;
    private readonly long[] _ids;
    private readonly float[] _weights;
    private readonly float[] _pixels;
    private readonly float[] _features;
    private readonly int[] _textEnds;
    private readonly int[] _pictures;
    private readonly byte[] _contents;
    private int _pictureCount;

    /// <summary>Makes the buffers.</summary>
    /// <param name="capacity">Rows at most.</param>
    /// <param name="maxTokens">Ids a row at most; 0 where the encoder reads no text.</param>
    /// <param name="hasWeights">Whether ids have weights.</param>
    /// <param name="pictureSide">Side of the pictures in pixels; 0 where the encoder sees none.</param>
    /// <param name="width">Numbers a feature vector.</param>
    /// <param name="paddingId">Id of padding.</param>
    public PreparedItems(int capacity, int maxTokens, bool hasWeights, int pictureSide, int width, long paddingId)
    {
        _maxTokens = maxTokens;
        PictureSide = pictureSide;
        Width = width;
        PaddingId = paddingId;
        _ids = new long[capacity * maxTokens];
        _weights = new float[hasWeights ? capacity * maxTokens : 0];
        _pixels = new float[capacity * PixelLength];
        _features = new float[capacity * width];
        TokenCounts = new int[capacity];
        HasText = new bool[capacity];
        HasImage = new bool[capacity];
        ImageDamage = new string?[capacity];
        ImagePaths = new string?[capacity];
        _textEnds = new int[capacity];
        _pictures = new int[capacity];
        PictureStates = new string?[capacity];
        _contents = new byte[capacity * RowContent.Bytes];
    }

    /// <summary>Rows at most.</summary>
    public int Capacity => TokenCounts.Length;

    /// <summary>Position of the first item in the store (<see cref="ModalityWriter.RowAt"/>); the others follow.</summary>
    public int FirstRow { get; private set; }

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the text of the next item, before <see cref="EndItem"/>.</summary>
    public ArrayBufferWriter<char> TextRoom { get; } = new();

    /// <summary>Absolute path of each item's picture; null where it has none.</summary>
    public string?[] ImagePaths { get; }

    /// <summary>Ids of each item; 0 where it has no text and the encoder is told so.</summary>
    public int[] TokenCounts { get; }

    /// <summary>Whether an item has a text that the encoder can read.</summary>
    public bool[] HasText { get; }

    /// <summary>Whether an item has a picture that could be decoded.</summary>
    public bool[] HasImage { get; }

    /// <summary>Why an item's picture can't be used; null where it can or where there is none.</summary>
    public string?[] ImageDamage { get; }

    /// <summary>What the file of an item's picture that can't be used was like; null where it can be used, or where there is none.</summary>
    public string?[] PictureStates { get; }

    /// <summary>Side of the pictures in pixels.</summary>
    public int PictureSide { get; }

    /// <summary>Numbers a picture.</summary>
    public int PixelLength => 3 * PictureSide * PictureSide;

    /// <summary>Numbers a feature vector.</summary>
    public int Width { get; }

    /// <summary>Id of padding.</summary>
    public long PaddingId { get; }

    /// <summary>Empties the window and says where it begins.</summary>
    public void Restart(int firstRow)
    {
        FirstRow = firstRow;
        Count = 0;
        _pictureCount = 0;
        TextRoom.ResetWrittenCount();
        Array.Clear(TokenCounts);
        Array.Clear(HasText);
        Array.Clear(HasImage);
        Array.Clear(ImageDamage);
        Array.Clear(PictureStates);
    }

    /// <summary>Ends an item, whose text has been written.</summary>
    /// <param name="imagePath">Absolute path of its picture; null where it has none.</param>
    /// <param name="imageProblem">Why the picture's path can't be used; null where it can.</param>
    public void EndItem(string? imagePath, string? imageProblem)
    {
        _textEnds[Count] = TextRoom.WrittenCount;
        ImagePaths[Count] = imagePath;
        ImageDamage[Count] = imageProblem;
        Count++;
    }

    /// <summary>Whether an item has a modality: the cross modality when it has at least one side.</summary>
    public bool Has(EncoderModality modality, int item) => modality switch
    {
        EncoderModality.Text => HasText[item],
        EncoderModality.Image => HasImage[item],
        _ => HasText[item] || HasImage[item],
    };

    /// <summary>The item's text; empty where it has none.</summary>
    public ReadOnlySpan<char> Text(int item) => TextRoom.WrittenSpan[(item == 0 ? 0 : _textEnds[item - 1]).._textEnds[item]];

    /// <summary>The item's ids.</summary>
    public ReadOnlySpan<long> TokenIds(int item) => _ids.AsSpan(item * _maxTokens, TokenCounts[item]);

    /// <summary>The weights of the item's ids.</summary>
    public ReadOnlySpan<float> TokenWeights(int item) => _weights.AsSpan(item * _maxTokens, TokenCounts[item]);

    /// <summary>The item's picture, [3, side, side].</summary>
    public ReadOnlySpan<float> Pixels(int item) => _pixels.AsSpan(_pictures[item] * PixelLength, PixelLength);

    /// <summary>The pictures of some items, [items, 3, side, side], where they lie side by side in this order and need no copy; else empty.</summary>
    public Memory<float> PixelsSideBySide(ReadOnlySpan<int> items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            if (!HasImage[items[i]] || _pictures[items[i]] != _pictures[items[0]] + i)
                return default;
        }

        return _pixels.AsMemory(_pictures[items[0]] * PixelLength, items.Length * PixelLength);
    }

    /// <summary>The item's feature vector.</summary>
    public Span<float> Features(int item) => _features.AsSpan(item * Width, Width);

    /// <summary>What the item's vector is made from (<see cref="RowContent"/>).</summary>
    public Span<byte> Content(int item) => _contents.AsSpan(item * RowContent.Bytes, RowContent.Bytes);

    /// <summary>Room for the item's ids.</summary>
    public Span<long> IdRoom(int item) => _ids.AsSpan(item * _maxTokens, _maxTokens);

    /// <summary>Room for the weights of the item's ids; empty where ids have none.</summary>
    public Span<float> WeightRoom(int item) => _weights.Length == 0 ? [] : _weights.AsSpan(item * _maxTokens, _maxTokens);

    /// <summary>Room for the next picture.</summary>
    public Span<float> PixelRoom() => _pixels.AsSpan(_pictureCount * PixelLength, PixelLength);

    /// <summary>Says that the room holds an item's picture now.</summary>
    public void KeepPicture(int item)
    {
        HasImage[item] = true;
        _pictures[item] = _pictureCount++;
    }
}
