using UniM2Rec.Storage;

namespace UniM2Rec.Features;

/// <summary>How a store is written.</summary>
public sealed record FeatureStoreOptions
{
    /// <summary>Rows a shard: what a killed run loses at most, a modality. All parts of a run need the same number.</summary>
    public int ShardRows { get; init; } = StoreLayout.DefaultShardRows;

    /// <summary>Make this share only, to be merged by <see cref="FeatureStoreMerger"/>.</summary>
    public StorePartition? Partition { get; init; }

    /// <summary>Replace whatever store is in the folder, instead of continuing it or refusing one of another catalogue.</summary>
    public bool StartOver { get; init; }

    /// <summary>Where files go; tests put failing storage here.</summary>
    public IStorage Storage { get; init; } = DiskStorage.Instance;
}
