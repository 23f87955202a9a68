namespace UniM2Rec.Extractor.Pipeline;

/// <summary>The configuration of <c>run</c>; docs/CONFIG.md lists the keys.</summary>
public sealed record ExtractionSettings : IValidatable
{
    /// <summary>Stands for the encoders that made what the store has of a kind, or the standard one where it has nothing of it.</summary>
    public const string Auto = "auto";

    private const int MostPictureMib = 2000; // one array
    private const int MostThreads = 256, MostIds = 1 << 24, MostItems = 1 << 16, MostPictures = 4096, MostShardRows = 1 << 20;

    /// <summary>Encoder of the text modality, or several with commas between; <see cref="Auto"/>; "" = leave the modality out.</summary>
    public string Text { get; init; } = Auto;

    /// <summary>Encoder of the image modality, or several with commas between; <see cref="Auto"/>; "" = leave the modality out.</summary>
    public string Image { get; init; } = Auto;

    /// <summary>Encoder of the cross modality, or several with commas between; <see cref="Auto"/>; "" = leave the modality out.</summary>
    public string Cross { get; init; } = Auto;

    /// <summary>Whether encoders that are fitted on the catalogue are fitted anew, beside those that the store's features were made with.</summary>
    public bool Refit { get; init; }

    /// <summary>Folder where encoders are looked for by name.</summary>
    public string Encoders { get; init; } = "models-onnx";

    /// <summary>Fields of an item that make its text, in order, joined by ". ": title, category, brand, description.</summary>
    public string[] TextFields { get; init; } = ["title", "category", "brand"];

    /// <summary>Number type in the store; null = as the store has a modality, float16 for a new one.</summary>
    public FeatureType? Dtype { get; init; }

    /// <summary>auto, cpu, cuda or cuda:n.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>GPU memory in MiB that a session may take; 0 = no limit.</summary>
    public int GpuMemoryMib { get; init; }

    /// <summary>Threads for preparation and for the session; 0 = one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Padded tokens a text batch at most.</summary>
    public int TokenBudget { get; init; } = 4096;

    /// <summary>Padded terms a batch at most, for n-gram encoders: their tables of vectors pay best in batches that stay in the cache.</summary>
    public int TermBudget { get; init; } = 1024;

    /// <summary>Items a batch at most.</summary>
    public int MaxBatchItems { get; init; } = 256;

    /// <summary>Pictures a batch at most.</summary>
    public int MaxBatchPictures { get; init; } = 16;

    /// <summary>Pixels that a picture may declare; one with more is a reject, before it is decoded.</summary>
    public long MaxPicturePixels { get; init; } = Pictures.PictureLimits.Standard.Pixels;

    /// <summary>Mebibytes that a picture's file may have.</summary>
    public int MaxPictureMib { get; init; } = (int)(Pictures.PictureLimits.Standard.Bytes >> 20);

    /// <summary>Rows a shard; 0 = as the store has them; for a new one 1,024 up to 200,000 items, else 8,192.</summary>
    public int ShardRows { get; init; }

    /// <summary>Share of bad rows or pictures above which the run fails.</summary>
    public double MaxRejectRate { get; init; } = 0.01;

    /// <summary>Whether vectors that <c>import-features</c> brought, which can't be made again from the catalogue, may be replaced.</summary>
    public bool Overwrite { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        string[][] encoders = [ModalityNaming.Encoders(Text), ModalityNaming.Encoders(Image), ModalityNaming.Encoders(Cross)];
        if (encoders.All(names => names.Length == 0))
            yield return "text, image and cross are all empty; expected at least one encoder";
        if (encoders.SelectMany(names => names).Where(name => name != Auto).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            yield return $"the encoder '{twice.Key}' is named {twice.Count()} times; expected each once";
        if (encoders.Any(names => names.Length > 1 && names.Contains(Auto)))
            yield return $"'{Auto}' stands beside the names of encoders; expected it alone";
        if (TextFields.Length == 0 || TextFields.Except(ItemText.Fields).Any())
            yield return $"textFields is '{string.Join(",", TextFields)}'; expected some of {string.Join(", ", ItemText.Fields)}";
        if (Threads is < 0 or > MostThreads)
            yield return $"threads is {Threads}; expected 0 (one a core) to {MostThreads}";
        if (TokenBudget is < 1 or > MostIds || TermBudget is < 1 or > MostIds)
            yield return $"tokenBudget and termBudget are {TokenBudget} and {TermBudget}; expected 1 to {MostIds} each";
        if (MaxBatchItems is < 1 or > MostItems || MaxBatchPictures is < 1 or > MostPictures)
            yield return $"maxBatchItems and maxBatchPictures are {MaxBatchItems} and {MaxBatchPictures}; expected 1 to {MostItems} and 1 to {MostPictures}";
        if (MaxPicturePixels < 1 || MaxPictureMib is < 1 or > MostPictureMib)
            yield return $"maxPicturePixels and maxPictureMib are {MaxPicturePixels} and {MaxPictureMib}; expected at least 1 each, and {MostPictureMib} MiB at most";
        if (ShardRows is < 0 or > MostShardRows)
            yield return $"shardRows is {ShardRows}; expected 0 (automatic) to {MostShardRows}";
        if (GpuMemoryMib < 0)
            yield return $"gpuMemoryMib is {GpuMemoryMib}; expected 0 (no limit) or more";
        if (!(MaxRejectRate >= 0 && MaxRejectRate <= 1))
            yield return $"maxRejectRate is {MaxRejectRate}; expected 0 to 1";
    }

    internal Pictures.PictureLimits PictureLimits() => new(MaxPicturePixels, (long)MaxPictureMib << 20);

    /// <summary><see cref="Threads"/> with the default filled in.</summary>
    public int EffectiveThreads() => Threads == 0 ? Environment.ProcessorCount : Threads;

    /// <summary><see cref="ShardRows"/> with the default filled in: a killed run loses a shard at most, so small stores have small ones.</summary>
    public int EffectiveShardRows(long rows) => ShardRows > 0 ? ShardRows : rows <= 200_000 ? 1024 : StoreLayout.DefaultShardRows;
}
