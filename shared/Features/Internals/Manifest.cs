using System.Text.Json.Serialization;

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

    /// <summary>Checksum of the manifest whose place this one takes or took when the store grew; null where it never did.</summary>
    public string? Basis { get; init; }

    public required IReadOnlyList<ManifestModality> Modalities { get; init; }

    public IReadOnlyList<ManifestModality>? Unfinished { get; init; }

    /// <summary>
    /// With a modality in the making, in place of an earlier state of it. When it has all shards of a whole store, it is complete and
    /// takes the place of an older one of its name.
    /// </summary>
    public StoreManifest WithUnfinished(ManifestModality modality)
    {
        bool complete = Partition is null && modality.IsWhole(Rows, ShardRows);
        var unfinished = (Unfinished ?? []).Where(other => other.Name != modality.Name);
        var begun = Sorted(complete ? unfinished : unfinished.Append(modality));
        return this with
        {
            Modalities = complete ? Sorted(Modalities.Where(other => other.Name != modality.Name).Append(modality)) : Modalities,
            Unfinished = begun.Length == 0 ? null : begun,
        };
    }

    /// <summary>All modalities, complete or not.</summary>
    [JsonIgnore]
    public IEnumerable<ManifestModality> All => Modalities.Concat(Unfinished ?? []);

    /// <summary>Every file that the manifest names.</summary>
    [JsonIgnore]
    public IEnumerable<string> Files =>
        All.SelectMany(modality => modality.Shards.Select(shard => shard.File)).Concat(All.Where(modality => modality.RowIndex is not null).Select(modality => modality.RowIndex!.File)).Append(ItemTable.File);

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
    /// <summary>Where the rows lie, in a store that has grown; null where row r lies in position r.</summary>
    public ManifestRowIndex? RowIndex { get; init; }

    /// <summary>Whether all shards are there that the rows take.</summary>
    public bool IsWhole(int rows, int shardRows) => RowIndex is null
        ? Shards.Count == ShardRange.CountFor(rows, shardRows)
        : RowIndex.IsPlanned && Shards.Count(shard => shard.FirstRow >= RowIndex.First) == ShardRange.CountFor(RowIndex.Count!.Value, shardRows);

    public static ManifestModality Empty(ModalitySpecification modality) => new(
        modality.Name, modality.Width, modality.Type.Name(), new ManifestEncoder(modality.EncoderName, modality.EncoderFingerprint), 0, []);

    public ModalitySpecification Specification() =>
        new(Name, Width, FeatureTypes.Parse(Type)!.Value, Encoder.Name, Encoder.Fingerprint);

    /// <summary>With the shards given, in order of their rows.</summary>
    public ManifestModality With(IEnumerable<ManifestShard> shards)
    {
        ManifestShard[] sorted = [.. shards.OrderBy(shard => shard.FirstRow)];
        return this with { Shards = sorted, Present = sorted.Sum(shard => shard.Present) - (RowIndex?.Abandoned ?? 0) };
    }
}

/// <summary>What made a modality's rows.</summary>
internal sealed record ManifestEncoder(string Name, string Fingerprint);

/// <summary>Where the rows of a store that has grown lie (docs/FORMAT.md).</summary>
/// <param name="File">file name in the store's folder</param>
/// <param name="Bytes">length of the file</param>
/// <param name="Crc32c">eight hexadecimal digits a block of the file</param>
/// <param name="Abandoned">rows with a vector, in the shards named, that no item has any more</param>
/// <param name="First">first position of the rows that were made last; null as long as it is not known which have to be made</param>
/// <param name="Count">how many these are; null with <paramref name="First"/></param>
internal sealed record ManifestRowIndex(string File, long Bytes, string Crc32c, int Abandoned, int? First, int? Count)
{
    /// <summary>Whether it is known which rows have to be made.</summary>
    [JsonIgnore]
    public bool IsPlanned => First is not null && Count is not null;
}

/// <summary>A complete shard.</summary>
/// <param name="File">file name in the store's folder</param>
/// <param name="FirstRow">position of its first row, which in a store that has not grown is the row</param>
/// <param name="Rows">number of its rows</param>
/// <param name="Present">rows that have the modality</param>
/// <param name="Bytes">length of the file</param>
/// <param name="Crc32c">eight hexadecimal digits a block of the file</param>
internal sealed record ManifestShard(string File, int FirstRow, int Rows, int Present, long Bytes, string Crc32c)
{
    /// <summary>CRC-32C of the tensor that says what its rows were made from; null in shards that do not say it.</summary>
    public string? Content { get; init; }

    /// <summary>Whether the shard carries a note; null in shards of before that was said.</summary>
    public bool? Noted { get; init; }

    /// <summary>Fingerprint of the catalogue that it was made for, where that is a former one.</summary>
    public string? Dataset { get; init; }

    /// <summary>The position after its last row's.</summary>
    [JsonIgnore]
    public long End => (long)FirstRow + Rows;
}
