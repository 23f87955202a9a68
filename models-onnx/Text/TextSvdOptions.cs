namespace UniM2Rec.Models.Text;

/// <summary>Settings of <see cref="TextSvdFitter"/>.</summary>
public sealed record TextSvdOptions
{
    /// <summary>Name of the encoder that is written.</summary>
    public string Name { get; init; } = "text-svd";

    /// <summary>Width of the vectors. A catalogue with fewer independent texts leaves the last components zero.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Longest run of words that makes a term.</summary>
    public int MaxWords { get; init; } = 2;

    /// <summary>Factor on the weight of terms of several words. On the scientific catalogue nearest neighbours found the next item best with about ½ (docs/ENCODERS.md).</summary>
    public double RunWeight { get; init; } = 0.5;

    /// <summary>The most distinct terms of a text that count.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>The most terms kept, the most frequent ones first.</summary>
    public int MaxVocabulary { get; init; } = 100_000;

    /// <summary>Fewest texts that a term must occur in; 0 = 2 for catalogues of more than 1,000 texts, else 1.</summary>
    public int MinDocumentFrequency { get; init; }

    /// <summary>The most texts that are fitted on; of more, a random sample.</summary>
    public int MaxTexts { get; init; } = 500_000;

    /// <summary>Directions carried beyond <see cref="Width"/> while iterating.</summary>
    public int Oversampling { get; init; } = 64;

    /// <summary>Subspace iterations.</summary>
    public int Iterations { get; init; } = 4;

    /// <summary>Length of every vector; 0 = √Width / 2, at which a component's typical size is ½.</summary>
    public double VectorLength { get; init; }

    /// <summary>Decides the random start and the sample.</summary>
    public ulong Seed { get; init; } = 1;
}
