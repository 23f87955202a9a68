namespace UniM2Rec.Extractor.Synthesis;

/// <summary>What the generated marketplace is like. The last domain is the target: smaller and with fewer events a user.</summary>
public sealed record SynthSettings
{
    /// <summary>Decides every draw; the same seed and settings give the same bytes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>People who shop in one or several domains.</summary>
    public int Users { get; init; } = 4000;

    /// <summary>Items of each domain but the last.</summary>
    public int Items { get; init; } = 1500;

    /// <summary>Items of the last domain, as a share of <see cref="Items"/>.</summary>
    public double TargetItemShare { get; init; } = 0.5;

    /// <summary>Number of domains, 1 to 8.</summary>
    public int Domains { get; init; } = 4;

    /// <summary>How alike one person's taste is in all domains: 0 = unrelated, 1 = the same.</summary>
    public double TasteSharing { get; init; } = 0.9;

    /// <summary>Share of events that follow from the recent ones instead of from taste alone.</summary>
    public double SequentialShare { get; init; } = 0.7;

    /// <summary>Exponent of the popularity distribution; 0 = all items alike.</summary>
    public double PopularitySkew { get; init; } = 0.8;

    /// <summary>Share of items without any text (an item never lacks both text and picture).</summary>
    public double MissingText { get; init; } = 0.02;

    /// <summary>Share of items without a picture.</summary>
    public double MissingImage { get; init; } = 0.08;

    /// <summary>Share of items whose text says something else than what the item is.</summary>
    public double NoisyText { get; init; } = 0.05;

    /// <summary>Share of items whose picture shows something else than what the item is.</summary>
    public double NoisyImage { get; init; } = 0.05;

    /// <summary>Side of the drawn pictures in pixels.</summary>
    public int ImageSize { get; init; } = 128;
}
