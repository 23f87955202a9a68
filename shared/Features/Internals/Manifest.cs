namespace UniM2Rec.Features;

/// <summary>The content of store.json, key by key as docs/FORMAT.md lists it.</summary>
internal sealed record StoreManifest
{
    public required string Format { get; init; }

    public required int Version { get; init; }

    public required int OldestReader { get; init; }

    /// <summary>CRC-32C of the file, with zeros in this place; null in version 1.</summary>
    public string? Checksum { get; init; }

    public required ManifestDataset Dataset { get; init; }

    public required int Rows { get; init; }

    public required int ShardRows { get; init; }

    public required int BlockBytes { get; init; }

    public required IReadOnlyList<DomainRange> Domains { get; init; }

    public required ManifestItemTable ItemTable { get; init; }

    public StorePartition? Partition { get; init; }

    public required IReadOnlyList<ManifestModality> Modalities { get; init; }

    public IReadOnlyList<ManifestModality>? Unfinished { get; init; }

    /// <summary>
    /// With a modality in the making, in place of an earlier state of it. When it has all shards of a whole store, it is complete and
    /// takes the place of an older one of its name.
    /// </summary>
    public StoreManifest WithUnfinished(ManifestModality modality)
    {
        bool complete = Partition is null && modality.Shards.Count == ShardRange.CountFor(Rows, ShardRows);
        var unfinished = (Unfinished ?? []).Where(other => other.Name != modality.Name);
        var begun = Sorted(complete ? unfinished : unfinished.Append(modality));
        return this with
        {
            Modalities = complete ? Sorted(Modalities.Where(other => other.Name != modality.Name).Append(modality)) : Modalities,
            Unfinished = begun.Length == 0 ? null : begun,
        };
    }

    private static ManifestModality[] Sorted(IEnumerable<ManifestModality> modalities) =>
        [.. modalities.OrderBy(modality => modality.Name, StringComparer.Ordinal)];
}

/// <summary>The catalogue that a store's rows come from.</summary>
internal sealed record ManifestDataset(string Name, string Fingerprint);

/// <summary>The item table's file, length and hash.</summary>
/// <param name="File">file name in the store's folder</param>
/// <param name="Bytes">length of the file</param>
/// <param name="Sha256">of the file; what two stores of the same items have in common</param>
/// <param name="Crc32c">eight hexadecimal digits a block of the file, to be compared at each opening; null in version 1</param>
internal sealed record ManifestItemTable(string File, long Bytes, string Sha256, string? Crc32c);

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

/// <summary>What made a modality's rows.</summary>
internal sealed record ManifestEncoder(string Name, string Fingerprint);

/// <summary>A complete shard.</summary>
/// <param name="File">file name in the store's folder</param>
/// <param name="FirstRow">its first row in the store</param>
/// <param name="Rows">number of its rows</param>
/// <param name="Present">rows that have the modality</param>
/// <param name="Bytes">length of the file</param>
/// <param name="Crc32c">eight hexadecimal digits a block of the file</param>
internal sealed record ManifestShard(string File, int FirstRow, int Rows, int Present, long Bytes, string Crc32c);
