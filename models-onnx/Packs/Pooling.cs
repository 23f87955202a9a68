namespace UniM2Rec.Models.Packs;

/// <summary>How an output of shape [items, positions, width] becomes one vector an item.</summary>
public enum Pooling
{
    /// <summary>The output is [items, width] already.</summary>
    None,

    /// <summary>The first position.</summary>
    Cls,

    /// <summary>The mean over the positions that the attention mask marks.</summary>
    Mean,

    /// <summary>The largest value over the positions that the attention mask marks.</summary>
    Max,
}
