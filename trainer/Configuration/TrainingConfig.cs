using System.Text.RegularExpressions;

namespace UniM2Rec.Trainer.Configuration;

/// <summary>Which parameters stay as the pre-trained run left them.</summary>
public enum Freeze
{
    /// <summary>Everything is trained.</summary>
    None,

    /// <summary>Transformer layers and position embeddings (UniSRec's parameter-efficient fine-tuning); adaptors and the input LayerNorm train.</summary>
    Encoder,

    /// <summary>Modality adaptors; the sequence encoder trains.</summary>
    Adaptors,
}

/// <summary>Which of a sequence's positions give a loss in one pass.</summary>
public enum ExampleForm
{
    /// <summary>Every position at once: for causal encoders the same mathematics as one pass a prefix, computed once.</summary>
    EveryPosition,

    /// <summary>One pass a (history, target) pair, as the published code does.</summary>
    Prefix,
}

/// <summary>Numbers in which training's large matrix products are computed.</summary>
public enum Precision
{
    /// <summary>All in float32.</summary>
    Float32,

    /// <summary>Factors rounded to bfloat16; weights, sums, normalisation, softmax and the loss stay in float32.</summary>
    Bfloat16,

    /// <summary>bfloat16 where the processor or GPU computes it natively, else float32.</summary>
    Auto,
}

/// <summary>The training loop.</summary>
public sealed partial record TrainingConfig : IValidatable
{
    /// <summary>Epochs at most.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Epochs without a better validation figure after which training stops.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>Targets of one optimiser step, at least; a user's targets are never split between steps.</summary>
    public int BatchTargets { get; init; } = 2048;

    /// <summary>Step size of Adam.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest gradient norm; 0 = no clipping.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Decay of the moving average of the weights that is evaluated and kept; 0 = the weights themselves.</summary>
    public double Averaging { get; init; }

    /// <summary>What stays as it was pre-trained.</summary>
    public Freeze Freeze { get; init; } = Freeze.None;

    /// <summary>How histories are cut into examples.</summary>
    public ExampleForm Examples { get; init; } = ExampleForm.EveryPosition;

    /// <summary>Metric on the validation split that chooses the epoch to keep.</summary>
    public string Watch { get; init; } = "ndcg@10";

    /// <summary>Users of the validation split that are scored after an epoch; 0 = all.</summary>
    public int ValidationUsers { get; init; }

    /// <summary>The same seed gives the same result.</summary>
    public int Seed { get; init; } = 2020;

    /// <summary>Number type of the large products.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Processor threads; 0 = as many as the process may use at once.</summary>
    public int Threads { get; init; }

    /// <summary>auto, cpu, cuda or cuda:n.</summary>
    public string Device { get; init; } = "auto";

    // Beyond these, single precision overflows, or a machine does nothing but start threads.
    private const double LargestStep = 1000, LargestNorm = 1e9;
    private const int MostThreads = 1024;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Epochs < 1) yield return $"epochs is {Epochs}; it must be at least 1";
        if (Patience < 1) yield return $"patience is {Patience}; it must be at least 1";
        if (BatchTargets < 2) yield return $"batchTargets is {BatchTargets}; it must be at least 2";
        if (!(LearningRate is > 0 and <= LargestStep)) yield return $"learningRate is {LearningRate}; it must be above 0 and at most {LargestStep}";
        if (!(WeightDecay is >= 0 and <= LargestStep)) yield return $"weightDecay is {WeightDecay}; it must be between 0 and {LargestStep}";
        if (!(ClipNorm is >= 0 and <= LargestNorm)) yield return $"clipNorm is {ClipNorm}; it must be between 0 and {LargestNorm}";
        if (Averaging is < 0 or >= 1) yield return $"averaging is {Averaging}; it must be at least 0 and below 1";
        if (!WatchForm().IsMatch(Watch)) yield return $"watch is '{Watch}'; it must be recall@K, ndcg@K or mrr@K with K of 1 or more";
        if (ValidationUsers < 0) yield return $"validationUsers is {ValidationUsers}; it must be 0 or more";
        if (Threads is < 0 or > MostThreads) yield return $"threads is {Threads}; it must be between 0 and {MostThreads}";
    }

    [GeneratedRegex(@"^(recall|ndcg|mrr)@[1-9]\d{0,8}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WatchForm();
}

/// <summary>Against which candidates a target is contrasted.</summary>
public enum CandidateSet
{
    /// <summary>Every item of the target domains: the full softmax (fine-tuning).</summary>
    Catalogue,

    /// <summary>Items of the target domains that are drawn anew at each step, shared by its targets, and stand for all of them (fine-tuning on large catalogues).</summary>
    Sampled,

    /// <summary>The targets of the batch, across domains (pre-training).</summary>
    InBatch,
}

/// <summary>The loss: sequence–item contrast plus a weighted sequence–sequence contrast.</summary>
public sealed record ObjectiveConfig : IValidatable
{
    private const int MostNegatives = 1 << 20;

    /// <summary>What a target is contrasted with.</summary>
    public CandidateSet Candidates { get; init; } = CandidateSet.Catalogue;

    /// <summary>Whether what is learned is the whole catalogue's order, by all of its items or by a sample that stands for them.</summary>
    internal bool IsOverCatalogue => Candidates != CandidateSet.InBatch;

    /// <summary>Draws of a step's sampled candidates; an item that is drawn twice is one candidate.</summary>
    public int Negatives { get; init; } = 2048;

    /// <summary>Share of the draws that take an item as often as training has it as a target; the others take any item with the same chance.</summary>
    public double PopularNegatives { get; init; } = 0.5;

    /// <summary>
    /// Whether in-batch negatives count with the inverse of their chance to be in the batch, so that they stand for the whole catalogue, instead
    /// of with how often they are there, as the papers have it.
    /// </summary>
    public bool SamplingCorrection { get; init; }

    /// <summary>
    /// Share of sequences, in a training step, of which all items lack one modality as history, where they have another: what a user is to the model
    /// whose items all have no picture. As candidates the items stay as they are.
    /// </summary>
    public double HistoryModalityDropout { get; init; }

    /// <summary>
    /// Share of sequences, in a step, of which the events of other domains than the predicted ones are withheld, so that the network can do without them and does
    /// not know a user by what tells nothing.
    /// </summary>
    public double ForeignDropout { get; init; }

    /// <summary>Weight of the sequence–sequence contrast; 0 switches it off. The papers pre-train with 1e-3.</summary>
    public double SequenceContrast { get; init; }

    /// <summary>Share of a sequence's events that the augmented view loses.</summary>
    public double ItemDrop { get; init; } = 0.2;

    /// <summary>Share of a feature vector's entries that a feature-drop view loses.</summary>
    public double FeatureDrop { get; init; } = 0.2;

    /// <summary>Relative chance that a batch's augmented view is made by dropping events.</summary>
    public double ItemDropChance { get; init; } = 0.9;

    /// <summary>Relative chance that it is made by dropping feature entries.</summary>
    public double FeatureDropChance { get; init; } = 0.1;

    /// <summary>Relative chance that it is made by withholding one modality of each item.</summary>
    public double ModalityDropChance { get; init; }

    /// <summary>Relative chance that it is the target's own domain alone, against the mixed flow.</summary>
    public double CrossDomainChance { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Negatives is < 1 or > MostNegatives) yield return $"negatives is {Negatives}; it must be between 1 and {MostNegatives:N0}";
        if (!(PopularNegatives is >= 0 and < 1)) yield return $"popularNegatives is {PopularNegatives}; it must be at least 0 and below 1, as an item that is no target of training would never be drawn";
        if (!(SequenceContrast is >= 0 and <= 1e6)) yield return $"sequenceContrast is {SequenceContrast}; it must be between 0 and 1e6";
        foreach (var (key, value) in new[] { ("historyModalityDropout", HistoryModalityDropout), ("foreignDropout", ForeignDropout), ("itemDrop", ItemDrop), ("featureDrop", FeatureDrop) })
        {
            if (value is < 0 or >= 1) yield return $"{key} is {value}; it must be at least 0 and below 1";
        }

        double[] chances = [ItemDropChance, FeatureDropChance, ModalityDropChance, CrossDomainChance];
        if (chances.Any(c => c < 0) || (SequenceContrast > 0 && chances.Sum() <= 0))
            yield return "*Chance are the relative chances of the augmented views; they must be 0 or more and not all 0";
    }
}
