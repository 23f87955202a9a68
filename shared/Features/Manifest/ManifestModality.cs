namespace UniM2Rec.Features.Manifest;

/// <summary>A modality and its complete shards.</summary>
internal sealed record ManifestModality(
    string Name, int Width, string Type, ManifestEncoder Encoder, int Present, IReadOnlyList<ManifestShard> Shards)
{
    public static ManifestModality Empty(ModalitySpecification modality) => new(
        modality.Name, modality.Width, modality.Type.Name(), new ManifestEncoder(modality.EncoderName, modality.EncoderFingerprint), 0, []);

    public ModalitySpecification Specification() =>
        new(Name, Width, FeatureTypes.Parse(Type)!.Value, Encoder.Name, Encoder.Fingerprint);

    /// <summary>With the shards given, in order of their rows.</summary>
    public ManifestModality With(IEnumerable<ManifestShard> shards)
    {
        ManifestShard[] sorted = [.. shards.OrderBy(shard => shard.FirstRow)];
        return this with { Shards = sorted, Present = sorted.Sum(shard => shard.Present) };
    }
}
