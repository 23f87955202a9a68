namespace UniM2Rec.Trainer.Configuration;

/// <summary>How interests are found among the item vectors.</summary>
public enum InterestClustering
{
    /// <summary>DPC-KNN up to 4,096 distinct vectors, mini-batch k-means above.</summary>
    Auto,

    /// <summary>Density peaks by k nearest neighbours; time and memory grow with the square of the vectors.</summary>
    DpcKnn,

    /// <summary>Mini-batch k-means, brought to convergence.</summary>
    KMeans,
}

/// <summary>How a candidate's modality cosines become one score.</summary>
public enum CandidateFusionKind
{
    /// <summary>Their mean.</summary>
    Static,

    /// <summary>Weights softmax(α · cosines) with one learned α, 0 at the start: the paper's user-adaptive fusion.</summary>
    Shared,

    /// <summary>The same with an α for each item.</summary>
    Instance,
}

/// <summary>What only MISSRec (arXiv 2308.11175) has; defaults are those of its published code.</summary>
public sealed record MissRecConfig : IValidatable
{
    /// <summary>Interests for each vector of an item's modality; 0 = 0.02 in pre-training and 0.5 in fine-tuning.</summary>
    public double InterestRatio { get; init; }

    /// <summary>How items are grouped into interests.</summary>
    public InterestClustering Clustering { get; init; } = InterestClustering.Auto;

    /// <summary>DPC-KNN: share of the vectors that count as neighbours in a vector's density.</summary>
    public double NeighborRatio { get; init; } = 0.1;

    /// <summary>How a candidate's modalities are weighed.</summary>
    public CandidateFusionKind Fusion { get; init; } = CandidateFusionKind.Shared;

    /// <summary>Weight of the term that keeps the encoded interests of a sequence apart; it is summed over the sequences of a step.</summary>
    public double Regularizer { get; init; } = 1e-4;

    /// <summary>The interest ratio for a training set-up.</summary>
    public double RatioFor(CandidateSet candidates) => InterestRatio > 0 ? InterestRatio : candidates == CandidateSet.InBatch ? 0.02 : 0.5;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (InterestRatio is < 0 or > 1) yield return $"interestRatio is {InterestRatio}; it must be between 0 (by training stage) and 1";
        if (NeighborRatio is <= 0 or > 1) yield return $"neighborRatio is {NeighborRatio}; it must be above 0 and at most 1";
        if (Regularizer < 0) yield return $"regularizer is {Regularizer}; it must be 0 or more";
    }
}
