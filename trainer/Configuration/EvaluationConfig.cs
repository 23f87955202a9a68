namespace UniM2Rec.Trainer.Configuration;

/// <summary>How a model is measured: always the full ranking over the target domain's items.</summary>
public sealed record EvaluationConfig : IValidatable
{
    /// <summary>Cut-offs of Recall@K and NDCG@K.</summary>
    public IReadOnlyList<int> CutOffs { get; init; } = [5, 10, 20, 50];

    /// <summary>Whether items of the user's own history are taken out of the ranking (the papers leave them in).</summary>
    public bool MaskHistory { get; init; }

    /// <summary>Users scored in one tile.</summary>
    public int BatchUsers { get; init; } = 1024;

    public IEnumerable<string> Problems()
    {
        if (CutOffs.Count == 0 || CutOffs.Any(k => k < 1)) yield return "cutOffs must name at least one K, each 1 or more";
        if (BatchUsers < 1) yield return $"batchUsers is {BatchUsers}; it must be at least 1";
    }
}
