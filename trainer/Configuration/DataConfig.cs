namespace UniM2Rec.Trainer.Configuration;

/// <summary>Which events training does not see.</summary>
public enum HoldOut
{
    /// <summary>Each user's last two events in the target domains: validation and test (fine-tuning).</summary>
    Targets,

    /// <summary>Each user's last event, whatever its domain, to choose the epoch by (pre-training).</summary>
    LastEvent,
}

/// <summary>What is learned from: the catalogue, its features, and which domains form a user's behaviour flow.</summary>
public sealed record DataConfig : IValidatable
{
    /// <summary>Folder of the catalogue (the one that holds dataset.json).</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Folder of the feature store made from that catalogue.</summary>
    public string Features { get; init; } = "";

    /// <summary>Domains whose events form the mixed behaviour flow; empty = every domain of the catalogue.</summary>
    public IReadOnlyList<string> Flow { get; init; } = [];

    /// <summary>Domains whose items are predicted: all of the flow in pre-training, one in fine-tuning.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Which events are held out; a run is evaluated by the split that it was trained with.</summary>
    public HoldOut HoldOut { get; init; } = HoldOut.Targets;

    /// <summary>Modalities of the store that the model reads; empty = all that it has.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = [];

    /// <summary>Events of history that an example sees at most.</summary>
    public int MaxLength { get; init; } = 50;

    /// <summary>Share of rejected rows above which reading stops.</summary>
    public double MaxRejectRate { get; init; } = 0.01;

    public IEnumerable<string> Problems()
    {
        if (MaxLength < 1) yield return $"maxLength is {MaxLength}; it must be at least 1";
        if (MaxRejectRate is < 0 or > 1) yield return $"maxRejectRate is {MaxRejectRate}; it must be between 0 and 1";
    }
}
