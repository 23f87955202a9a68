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
        Sources = new ItemSource[capacity];
    }

    /// <summary>Rows at most.</summary>
    public int Capacity => TokenCounts.Length;

    /// <summary>Store row of the first item.</summary>
    public int FirstRow { get; private set; }

    /// <summary>Number of items.</summary>
    public int Count { get; set; }

    /// <summary>What the items are made of, before preparation.</summary>
    public ItemSource[] Sources { get; }

    /// <summary>Ids of each item; 0 where it has no text and the encoder is told so.</summary>
    public int[] TokenCounts { get; }

    /// <summary>Whether an item has a text that the encoder can read.</summary>
    public bool[] HasText { get; }

    /// <summary>Whether an item has a picture that could be decoded.</summary>
    public bool[] HasImage { get; }

    /// <summary>Why an item's picture can't be used; null where it can or where there is none.</summary>
    public string?[] ImageDamage { get; }

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
        Array.Clear(TokenCounts);
        Array.Clear(HasText);
        Array.Clear(HasImage);
        Array.Clear(ImageDamage);
    }

    /// <summary>The item's ids.</summary>
    public ReadOnlySpan<long> TokenIds(int item) => _ids.AsSpan(item * _maxTokens, TokenCounts[item]);

    /// <summary>The weights of the item's ids.</summary>
    public ReadOnlySpan<float> TokenWeights(int item) => _weights.AsSpan(item * _maxTokens, TokenCounts[item]);

    /// <summary>The item's picture, [3, side, side].</summary>
    public ReadOnlySpan<float> Pixels(int item) => _pixels.AsSpan(item * PixelLength, PixelLength);

    /// <summary>The item's feature vector.</summary>
    public Span<float> Features(int item) => _features.AsSpan(item * Width, Width);

    /// <summary>Room for the item's ids.</summary>
    public Span<long> IdRoom(int item) => _ids.AsSpan(item * _maxTokens, _maxTokens);

    /// <summary>Room for the weights of the item's ids; empty where ids have none.</summary>
    public Span<float> WeightRoom(int item) => _weights.Length == 0 ? [] : _weights.AsSpan(item * _maxTokens, _maxTokens);

    /// <summary>Room for the item's picture.</summary>
    public Span<float> PixelRoom(int item) => _pixels.AsSpan(item * PixelLength, PixelLength);
}
