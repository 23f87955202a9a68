namespace UniM2Rec.Trainer.Configuration;

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
    /// <summary>Which network of the literature: the name that its file in Models/ declares.</summary>
    public string Kind { get; init; } = "unim2rec";

    /// <summary>Width of the universal space.</summary>
    public int Width { get; init; } = 300;

    /// <summary>Layers of the Transformer.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Attention heads of a layer.</summary>
    public int Heads { get; init; } = 2;

    /// <summary>Inner width of the feed-forward block.</summary>
    public int FeedForward { get; init; } = 256;

    /// <summary>Dropout in the Transformer and on its input.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>How frozen vectors come into the universal space.</summary>
    public AdaptorKind Adaptor { get; init; } = AdaptorKind.Mixture;

    /// <summary>Experts of a mixture adaptor.</summary>
    public int Experts { get; init; } = 8;

    /// <summary>Dropout before an adaptor's projection.</summary>
    public double AdaptorDropout { get; init; } = 0.2;

    /// <summary>How an item's modalities become one vector.</summary>
    public FusionKind Fusion { get; init; } = FusionKind.Equal;

    /// <summary>Whether item ids have embeddings of their own (transductive).</summary>
    public bool Ids { get; init; }

    /// <summary>Share of items whose id embedding is withheld in a training step, so that content carries the cold ones.</summary>
    public double IdDropout { get; init; }

    /// <summary>Share of (item, modality) pairs withheld in a training step, where another modality remains.</summary>
    public double ModalityDropout { get; init; }

    /// <summary>
    /// Whether a history of several domains is read from its latest event of the target domains as well as from its latest event; how much of each goes into the
    /// user's vector is learned.
    /// </summary>
    public bool OwnState { get; init; }

    /// <summary>Divides the cosine between a state and a candidate.</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>What only MISSRec has.</summary>
    public MissRecConfig Missrec { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Width < 1) yield return $"width is {Width}; it must be at least 1";
        if (Heads < 1 || Width % Heads != 0) yield return $"heads is {Heads}; it must divide width, which is {Width}";
        if (Layers < 0) yield return $"layers is {Layers}; it must be 0 or more";
        if (FeedForward < 1) yield return $"feedForward is {FeedForward}; it must be at least 1";
        if (Experts < 1) yield return $"experts is {Experts}; it must be at least 1";
        if (!(Temperature is >= 1e-6 and <= 1e6)) yield return $"temperature is {Temperature}; it must be between 1e-6 and 1e6";
        foreach (var (key, value) in new[]
                 {
                     ("dropout", Dropout), ("adaptorDropout", AdaptorDropout), ("idDropout", IdDropout), ("modalityDropout", ModalityDropout),
                 })
        {
            if (value is < 0 or >= 1) yield return $"{key} is {value}; it must be at least 0 and below 1";
        }
    }
}
