namespace UniM2Rec.Trainer.Configuration;

/// <summary>
/// Which collaborative scores, computed from the training events alone, are joined with the network's (not in the papers). Used where the
/// candidates are the catalogue, not in in-batch pre-training.
/// </summary>
public sealed record CollaborativeConfig : IValidatable
{
    /// <summary>Beyond that EASE's matrix, of float64, takes more than 2 GB, which no array holds.</summary>
    private const int MostEaseItems = 16_000;

    /// <summary>Whether a learned bias is added to the logits of candidates that the history already holds.</summary>
    [FormerKey("model.seenBias")]
    public bool SeenBias { get; init; }

    /// <summary>Whether a fitted function of a candidate's co-occurrence with the history's newest items is added to its logit.</summary>
    [FormerKey("model.coOccurrence")]
    public bool ItemKnn { get; init; }

    /// <summary>How much an event's co-occurrences weigh less than those of the next newer one.</summary>
    [FormerKey("model.coOccurrenceDecay")]
    public double ItemKnnDecay { get; init; } = 0.7;

    /// <summary>Power of the items' user counts that co-occurrences are divided by; 0.5 is the cosine.</summary>
    [FormerKey("model.coOccurrencePower")]
    public double ItemKnnPower { get; init; } = 0.5;

    /// <summary>Whether a fitted function of how often others had a candidate after the history's newest items is added to its logit.</summary>
    [FormerKey("model.succession")]
    public bool Transitions { get; init; }

    /// <summary>How much an event weighs less in the transitions than one nearer by.</summary>
    [FormerKey("model.successionDecay")]
    public double TransitionsDecay { get; init; } = 0.8;

    /// <summary>Candidates that an item is related to, at most, in co-occurrence and in transitions: those most related. Memory grows with it times the items.</summary>
    public int Neighbours { get; init; } = 2000;

    /// <summary>Whether a fitted function of what a ridge regression on the history's items (EASE) predicts is added to the logits.</summary>
    [FormerKey("model.itemRegression")]
    public bool Ease { get; init; }

    /// <summary>EASE's λ.</summary>
    [FormerKey("model.regressionRidge")]
    public double EaseRidge { get; init; } = 30;

    /// <summary>How much an event weighs less in EASE than the next newer one.</summary>
    [FormerKey("model.regressionDecay")]
    public double EaseDecay { get; init; } = 0.7;

    /// <summary>Items that take part in EASE, at most: the target domains' before others, and those first that most users have.</summary>
    [FormerKey("model.regressionItems")]
    public int EaseItems { get; init; } = 8192;

    /// <summary>Whether a fitted function of how near a candidate is to the history by its features (<see cref="Collaborative.ContentProfiles"/>) is added to its logit.</summary>
    public bool Content { get; init; }

    /// <summary>How much an event weighs less in the content's nearness than the next newer one.</summary>
    public double ContentDecay { get; init; } = 0.7;

    /// <summary>
    /// Whether events of domains that are not predicted count apart, with weights of their own, and make no event of the target domains older; EASE is then
    /// among the target domains' items. So what the target domains alone tell stays as it is, and other domains can only be added to it.
    /// </summary>
    public bool DomainsApart { get; init; }

    /// <summary>
    /// Whether the network's score by a history's events in the predicted domains alone is joined with its score by all of them, each with a weight of its
    /// own, so that other domains' events count as much as they tell. Nothing changes where every domain is predicted.
    /// </summary>
    public bool OwnEvents { get; init; }

    /// <summary>Whether the numbers that join the scores are fitted to the validation split after the last epoch (stacking).</summary>
    [FormerKey("training.fitEvidence")]
    public bool Fit { get; init; } = true;

    /// <summary>Whether the logits take in anything beside the network's own scores.</summary>
    internal bool IsUsed => SeenBias || ItemKnn || Transitions || Ease || Content || OwnEvents;

    /// <summary>
    /// What a network is trained with: the bias alone. A network that is trained on logits that the strengths are part of learns what these leave
    /// over, and less of what content tells of rare items than one that is trained without them and joined afterwards (docs/BENCHMARKS.md).
    /// </summary>
    internal CollaborativeConfig InTraining => this with { ItemKnn = false, Transitions = false, Ease = false, Content = false };

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        foreach (var (key, value) in new[]
                 {
                     ("itemKnnDecay", ItemKnnDecay), ("itemKnnPower", ItemKnnPower), ("transitionsDecay", TransitionsDecay), ("easeDecay", EaseDecay),
                     ("contentDecay", ContentDecay),
                 })
        {
            if (value is < 0 or > 1) yield return $"{key} is {value}; it must be between 0 and 1";
        }

        if (Neighbours < 1) yield return $"neighbours is {Neighbours}; it must be at least 1";
        if (EaseRidge <= 0) yield return $"easeRidge is {EaseRidge}; it must be above 0";
        if (EaseItems is < 1 or > MostEaseItems) yield return $"easeItems is {EaseItems}; it must be between 1 and {MostEaseItems}";
    }
}
