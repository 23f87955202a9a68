using Serilog;

namespace UniM2Rec.Serving.Model;

/// <summary>How candidates are found.</summary>
public enum IndexKind
{
    /// <summary>By an index where there are more than a million and the model's score allows it, else all are scored.</summary>
    Auto,

    /// <summary>All are scored.</summary>
    Exact,

    /// <summary>By an index; those found are scored.</summary>
    Hnsw,
}

/// <summary>
/// Finds the candidates that can be among the best without scoring all: those nearest to the user's vector, those nearest by content, and every one that the
/// history touches in a sparse term. Each of them is then scored exactly, so that only what was not found can be missing.
/// </summary>
internal sealed class CandidateSearch : IDisposable
{
    /// <summary>Candidates above which an index is worth its inexactness.</summary>
    public const int Worthwhile = 1_000_000;

    private const int Least = 500;
    private const int Breadth = 20;

    private readonly HnswIndex _network;
    private readonly HnswIndex? _content;
    private readonly CollaborativeTerms? _collaborative;

    private CandidateSearch(HnswIndex network, HnswIndex? content, CollaborativeTerms? collaborative) => (_network, _content, _collaborative) = (network, content, collaborative);

    /// <summary>Opens what an export's candidates are found with, or builds it; null where all are scored.</summary>
    /// <param name="folder">The export.</param>
    /// <param name="manifest">What it says of itself.</param>
    /// <param name="vectors">Its vectors; null where it has none.</param>
    /// <param name="collaborative">What is joined with the network's scores, or null.</param>
    /// <param name="how">Which kind, where the log is, and what stops it.</param>
    /// <exception cref="UserErrorException">An index is asked for, and the model's score is no product.</exception>
    public static CandidateSearch? Open(
        string folder, RecommenderManifest manifest, ServedVectors? vectors, CollaborativeTerms? collaborative, (IndexKind Kind, ILogger Log, CancellationToken Cancellation) how)
    {
        if (how.Kind == IndexKind.Exact || (how.Kind == IndexKind.Auto && manifest.Candidates <= Worthwhile)) return null;
        if (vectors?.Network.Score != NetworkScore.Product)
        {
            if (how.Kind == IndexKind.Auto) return null;
            throw new UserErrorException($"The export {folder} has no vectors whose product is the score (its model is {manifest.Title}), so no index finds its candidates; leave --index hnsw out.");
        }

        string kept = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".index";
        var network = HnswIndex.Open(
            Path.Combine(kept, "items.hnsw"), manifest.Files[ExportLayout.Vectors].Sha256, (manifest.Candidates, vectors.Network.Width, row => vectors.Row(ExportTensors.Candidates, row)), how.Log, how.Cancellation);
        try
        {
            var content = collaborative?.Content is not { } compared ? null : HnswIndex.Open(
                Path.Combine(kept, "content.hnsw"), manifest.Files[ExportLayout.Content].Sha256, (manifest.Candidates, compared.Width, compared.Row), how.Log, how.Cancellation);
            return new CandidateSearch(network, content, collaborative);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The candidates to score.</summary>
    /// <param name="user">The user's vector.</param>
    /// <param name="history">Rows of the history's items, oldest first.</param>
    /// <param name="count">How many are to be recommended.</param>
    /// <param name="isAllowed">Which of them may be.</param>
    /// <returns>Each once; null where too few of those that were found are allowed, so that all have to be scored.</returns>
    public IReadOnlyCollection<int>? Find(float[] user, int[] history, int count, Func<int, bool> isAllowed)
    {
        int asked = Math.Max(Least, Breadth * count);
        int[] nearest = _network.Nearest(user, asked);
        if (nearest.Count(isAllowed) < count) return null;
        var found = nearest.ToHashSet();
        if (_content is not null)
        {
            int[] alike = _content.Nearest(_collaborative!.ContentProfile(history), asked);
            if (alike.Count(isAllowed) < count) return null;
            found.UnionWith(alike);
        }

        _collaborative?.AddTouched(history, found);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _content?.Dispose();
    }
}
