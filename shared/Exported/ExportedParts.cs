using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace UniM2Rec.Exported;

/// <summary>What an export was made from.</summary>
/// <param name="Weights">SHA-256 of the run's weights.</param>
/// <param name="Catalogue">Fingerprint of the catalogue.</param>
/// <param name="Interactions">Fingerprint of the events.</param>
/// <param name="Features">Fingerprint of the vectors that the model reads.</param>
public sealed record ExportFingerprints(string Weights, string Catalogue, string Interactions, string Features);

/// <summary>How a network's score of a candidate is computed from a user's vector.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NetworkScore>))]
public enum NetworkScore
{
    /// <summary>user · candidate.</summary>
    [JsonStringEnumMemberName("product")]
    Product,

    /// <summary>MISSRec's fusion of the cosines in each modality.</summary>
    [JsonStringEnumMemberName("modalities")]
    Modalities,
}

/// <summary>How weights are stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WeightPrecision>))]
public enum WeightPrecision
{
    /// <summary>As they were trained.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>Rounded to 11 bits.</summary>
    [JsonStringEnumMemberName("float16")]
    Float16,
}

/// <summary>The user side of a network.</summary>
/// <param name="Score">How its vector becomes a score.</param>
/// <param name="Width">Width of the vectors.</param>
/// <param name="Temperature">What the fused cosines of <see cref="NetworkScore.Modalities"/> are divided by; 1 for a product, whose user vectors hold it.</param>
/// <param name="Formula">The same for people.</param>
public sealed record ExportedNetwork(NetworkScore Score, int Width, double Temperature, string Formula)
{
    /// <summary>How the weights of the user side are stored; it computes in float32.</summary>
    public WeightPrecision Weights { get; init; }

    /// <summary>Modalities of <see cref="NetworkScore.Modalities"/>.</summary>
    public int Modalities { get; init; }

    /// <summary>Whether ids have a cosine of their own.</summary>
    public bool HasIds { get; init; }

    /// <summary>Whether the user side is told how many events of a history there are up to the latest of a domain that has candidates (input "own").</summary>
    public bool ReadsOwn { get; init; }
}

/// <summary>logit = score · network + own · network's by the history's candidates alone + seen · [in the history] + Σ weight · log(1 + scale · strength) + unknown · [no history of others holds the candidate].</summary>
/// <param name="Score">Weight of the network's score.</param>
/// <param name="Seen">What is added to candidates that the history holds.</param>
/// <param name="Terms">The others.</param>
public sealed record ExportedCombination(float Score, float Seen, IReadOnlyList<ExportedTerm> Terms)
{
    /// <summary>
    /// Weight of the network's score by the history's newest events in domains that have candidates; where there is no such event, and where all are, that is
    /// the network's score by the history. 0 for none.
    /// </summary>
    public float Own { get; init; }

    /// <summary>What is added to candidates that no source of a term but the content holds.</summary>
    public float Unknown { get; init; }
}

/// <summary>Where a strength comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TermSource>))]
public enum TermSource
{
    /// <summary>Σ decay^age · C over the history's newest events.</summary>
    [JsonStringEnumMemberName("itemKnn")]
    ItemKnn,

    /// <summary>Σ decay^age · S over the history's newest events.</summary>
    [JsonStringEnumMemberName("transitions")]
    Transitions,

    /// <summary>Σ decay^age · B over the history's newest events, and 0 where that is negative.</summary>
    [JsonStringEnumMemberName("ease")]
    Ease,

    /// <summary>Σ decay^age · cosine of the items' features over the history's newest events, and 0 where that is negative.</summary>
    [JsonStringEnumMemberName("content")]
    Content,
}

/// <summary>Which events of a history count.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TermEvents>))]
public enum TermEvents
{
    /// <summary>All.</summary>
    [JsonStringEnumMemberName("all")]
    All,

    /// <summary>Those of candidates.</summary>
    [JsonStringEnumMemberName("candidates")]
    Candidates,

    /// <summary>Those of other items.</summary>
    [JsonStringEnumMemberName("others")]
    Others,
}

/// <summary>A term of the combination.</summary>
/// <param name="Source">What gives its strength.</param>
/// <param name="Events">Of which events.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Scale">What strengths are multiplied by inside the logarithm.</param>
/// <param name="Decay">How much an event weighs less than the next newer one.</param>
/// <param name="Reach">Newest events that count, of those that <paramref name="Events"/> names.</param>
public sealed record ExportedTerm(TermSource Source, TermEvents Events, float Weight, float Scale, double Decay, int Reach);

/// <summary>Length and checksum of a file.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">In hexadecimal.</param>
public sealed record ExportedFile(long Bytes, string Sha256)
{
    /// <summary>Those of a file.</summary>
    /// <exception cref="UserErrorException">It is missing or can't be read.</exception>
    public static ExportedFile Of(string path)
    {
        using var file = RegularFile.Open(path, "a file of an exported recommender", FileOptions.SequentialScan);
        long bytes = file.Length;
        return new ExportedFile(bytes, Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}
