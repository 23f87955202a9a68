namespace UniM2Rec.Trainer.Configuration;

/// <summary>Against which candidates a target is contrasted.</summary>
public enum CandidateSet
{
    /// <summary>Every item of the target domains (fine-tuning).</summary>
    Catalogue,

    /// <summary>The targets of the batch, across domains (pre-training).</summary>
    InBatch,
}

/// <summary>The loss: sequence–item contrast plus a weighted sequence–sequence contrast.</summary>
public sealed record ObjectiveConfig : IValidatable
{
    public CandidateSet Candidates { get; init; } = CandidateSet.Catalogue;

    /// <summary>
    /// Whether in-batch negatives count with the inverse of their chance to be in the batch, so that they stand for the whole catalogue, instead
    /// of with how often they are there, as the papers have it.
    /// </summary>
    public bool SamplingCorrection { get; init; }

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

    public IEnumerable<string> Problems()
    {
        if (SequenceContrast < 0) yield return $"sequenceContrast is {SequenceContrast}; it must be 0 or more";
        foreach (var (key, value) in new[] { ("itemDrop", ItemDrop), ("featureDrop", FeatureDrop) })
        {
            if (value is < 0 or >= 1) yield return $"{key} is {value}; it must be at least 0 and below 1";
        }

        double[] chances = [ItemDropChance, FeatureDropChance, ModalityDropChance, CrossDomainChance];
        if (chances.Any(c => c < 0) || (SequenceContrast > 0 && chances.Sum() <= 0))
            yield return "*Chance are the relative chances of the augmented views; they must be 0 or more and not all 0";
    }
}
