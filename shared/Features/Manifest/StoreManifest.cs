namespace UniM2Rec.Features.Manifest;

/// <summary>The content of store.json, key by key as docs/FORMAT.md lists it.</summary>
internal sealed record StoreManifest
{
    public required string Format { get; init; }

    public required int Version { get; init; }

    public required int OldestReader { get; init; }

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
        IEnumerable<ManifestModality> unfinished = (Unfinished ?? []).Where(other => other.Name != modality.Name);
        ManifestModality[] begun = Sorted(complete ? unfinished : unfinished.Append(modality));
        return this with
        {
            Modalities = complete ? Sorted(Modalities.Where(other => other.Name != modality.Name).Append(modality)) : Modalities,
            Unfinished = begun.Length == 0 ? null : begun,
        };
    }

    private static ManifestModality[] Sorted(IEnumerable<ManifestModality> modalities) =>
        [.. modalities.OrderBy(modality => modality.Name, StringComparer.Ordinal)];
}
