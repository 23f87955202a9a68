namespace UniM2Rec.Trainer.Configuration;

/// <summary>Which network of the literature is trained.</summary>
public enum ModelKind
{
    /// <summary>UniM2Rec (arXiv 2311.01831); with only the text modality it is UniSRec.</summary>
    Unim2rec,

    /// <summary>UniSRec (arXiv 2206.05941): UniM2Rec's network on text alone.</summary>
    Unisrec,

    /// <summary>SASRec (arXiv 1808.09781): item ids alone.</summary>
    Sasrec,

    /// <summary>MISSRec (arXiv 2308.11175): interests, context encoder, interest-aware decoder, dynamic fusion.</summary>
    Missrec,
}

/// <summary>What turns a frozen feature vector into the model's space.</summary>
public enum AdaptorKind
{
    /// <summary>Mixture of parametric whitening experts (the papers').</summary>
    Mixture,

    /// <summary>One parametric whitening.</summary>
    Whitening,

    /// <summary>One affine map, without whitening.</summary>
    Linear,
}

/// <summary>How the adapted modalities of an item become one vector.</summary>
public enum FusionKind
{
    /// <summary>Mean of the modalities that are present (the paper).</summary>
    Equal,

    /// <summary>One learned weight a modality, softmax over those present.</summary>
    Learned,

    /// <summary>Weights computed from the item's own vectors and its domain, softmax over those present.</summary>
    Gated,
}

/// <summary>The network. Defaults are the published settings of UniSRec, which UniM2Rec extends.</summary>
public sealed record ModelConfig : IValidatable
{
    /// <summary>Beyond that the regression's matrix, of float64, takes more than 2 GB, which no array holds.</summary>
    private const int MostRegressionItems = 16_000;

    public ModelKind Kind { get; init; } = ModelKind.Unim2rec;

    /// <summary>Width of the universal space.</summary>
    public int Width { get; init; } = 300;

    public int Layers { get; init; } = 2;

    public int Heads { get; init; } = 2;

    /// <summary>Inner width of the feed-forward block.</summary>
    public int FeedForward { get; init; } = 256;

    public double Dropout { get; init; } = 0.5;

    public AdaptorKind Adaptor { get; init; } = AdaptorKind.Mixture;

    /// <summary>Experts of a mixture adaptor.</summary>
    public int Experts { get; init; } = 8;

    public double AdaptorDropout { get; init; } = 0.2;

    public FusionKind Fusion { get; init; } = FusionKind.Equal;

    /// <summary>Whether item ids have embeddings of their own (transductive).</summary>
    public bool Ids { get; init; }

    /// <summary>Share of items whose id embedding is withheld in a training step, so that content carries the cold ones.</summary>
    public double IdDropout { get; init; }

    /// <summary>Share of (item, modality) pairs withheld in a training step, where another modality remains.</summary>
    public double ModalityDropout { get; init; }

    /// <summary>
    /// Whether a learned bias is added to the logits of candidates that the history already holds. Used where candidates are the catalogue,
    /// not in in-batch pre-training.
    /// </summary>
    public bool SeenBias { get; init; }

    /// <summary>Whether a learned function of a candidate's co-occurrence with the history's newest items is added to its logit; likewise.</summary>
    public bool ItemKnn { get; init; }

    /// <summary>How much an event's co-occurrences weigh less than those of the next newer one.</summary>
    public double CoOccurrenceDecay { get; init; } = 0.7;

    /// <summary>Power of the items' user counts that co-occurrences are divided by; 0.5 is the cosine.</summary>
    public double CoOccurrencePower { get; init; } = 0.5;

    /// <summary>Whether a learned function of how often others had a candidate after the history's newest items is added to its logit; likewise.</summary>
    public bool ItemTransitions { get; init; }

    /// <summary>How much an event weighs less in the succession than one nearer by.</summary>
    public double SuccessionDecay { get; init; } = 0.8;

    /// <summary>Whether a learned function of what a ridge regression on the history's items predicts is added to the logits; likewise.</summary>
    public bool Ease { get; init; }

    /// <summary>The regression's λ.</summary>
    public double RegressionRidge { get; init; } = 30;

    /// <summary>How much an event weighs less in the regression than the next newer one.</summary>
    public double RegressionDecay { get; init; } = 0.7;

    /// <summary>Items that take part in the regression, at most: those that most users have.</summary>
    public int RegressionItems { get; init; } = 8192;

    /// <summary>Divides the cosine between a state and a candidate.</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>What only MISSRec has.</summary>
    public MissRecConfig Missrec { get; init; } = new();

    /// <summary>Whether the logits take in anything beside the network's own scores.</summary>
    internal bool HasCollaborative => SeenBias || ItemKnn || ItemTransitions || Ease;

    public IEnumerable<string> Problems()
    {
        if (Width < 1) yield return $"width is {Width}; it must be at least 1";
        if (Heads < 1 || Width % Heads != 0) yield return $"heads is {Heads}; it must divide width, which is {Width}";
        if (Layers < 0) yield return $"layers is {Layers}; it must be 0 or more";
        if (FeedForward < 1) yield return $"feedForward is {FeedForward}; it must be at least 1";
        if (Experts < 1) yield return $"experts is {Experts}; it must be at least 1";
        if (Temperature <= 0) yield return $"temperature is {Temperature}; it must be above 0";
        if (CoOccurrenceDecay is < 0 or > 1) yield return $"coOccurrenceDecay is {CoOccurrenceDecay}; it must be between 0 and 1";
        if (CoOccurrencePower is < 0 or > 1) yield return $"coOccurrencePower is {CoOccurrencePower}; it must be between 0 and 1";
        if (SuccessionDecay is < 0 or > 1) yield return $"successionDecay is {SuccessionDecay}; it must be between 0 and 1";
        if (RegressionDecay is < 0 or > 1) yield return $"regressionDecay is {RegressionDecay}; it must be between 0 and 1";
        if (RegressionRidge <= 0) yield return $"regressionRidge is {RegressionRidge}; it must be above 0";
        if (RegressionItems is < 1 or > MostRegressionItems) yield return $"regressionItems is {RegressionItems}; it must be between 1 and {MostRegressionItems}";
        foreach (var (key, value) in new[]
                 {
                     ("dropout", Dropout), ("adaptorDropout", AdaptorDropout), ("idDropout", IdDropout), ("modalityDropout", ModalityDropout),
                 })
        {
            if (value is < 0 or >= 1) yield return $"{key} is {value}; it must be at least 0 and below 1";
        }
    }
}
