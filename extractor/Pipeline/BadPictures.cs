using System.Collections.Concurrent;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Pictures that can't be used, by store row, with the reason. Several modalities may see the same one; it counts once.</summary>
public sealed class BadPictures
{
    private readonly ConcurrentDictionary<int, string> _reasons = new();

    /// <summary>Number of pictures.</summary>
    public int Count => _reasons.Count;

    /// <summary>Rows and reasons in the order of rows.</summary>
    public IEnumerable<(int Row, string Reason)> InOrder() => _reasons.OrderBy(r => r.Key).Select(r => (r.Key, r.Value));

    /// <summary>Adds a picture.</summary>
    public void Add(int row, string reason) => _reasons.TryAdd(row, reason);

    /// <summary>Whether a row's picture is known to be bad.</summary>
    public bool Contains(int row) => _reasons.ContainsKey(row);
}
