namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Pictures that can't be used, by store row, with the reason. Several modalities may see the same one; it counts once.</summary>
public sealed class BadPictures
{
    private readonly Dictionary<int, string> _reasons = [];

    /// <summary>Number of pictures.</summary>
    public int Count => _reasons.Count;

    /// <summary>Why a row's picture can't be used; null where nothing is known against it.</summary>
    public string? Reason(int row) => _reasons.GetValueOrDefault(row);

    /// <summary>Adds pictures.</summary>
    internal void Add(IEnumerable<BadPicture> pictures)
    {
        foreach (var picture in pictures)
            _reasons.TryAdd(picture.Row, picture.Reason);
    }
}
