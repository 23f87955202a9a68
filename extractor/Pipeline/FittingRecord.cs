namespace UniM2Rec.Extractor.Pipeline;

/// <summary>What a fitted encoder was fitted on; another catalogue or other fields mean that it is fitted again.</summary>
internal sealed record FittingRecord
{
    /// <summary>Fingerprint of the catalogue.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Fields that made the texts.</summary>
    public string[] TextFields { get; init; } = [];
}
