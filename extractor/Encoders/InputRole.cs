namespace UniM2Rec.Extractor.Encoders;

/// <summary>What an input of an encoder is filled with; recognised by its name (docs/ENCODERS.md).</summary>
public enum InputRole
{
    /// <summary>Ids of tokens or terms, [items, length].</summary>
    Ids,

    /// <summary>1 for an id, 0 for padding, [items, length].</summary>
    Mask,

    /// <summary>Zeros, [items, length].</summary>
    TokenTypes,

    /// <summary>0, 1, 2, ... in every row, [items, length].</summary>
    Positions,

    /// <summary>How often each term occurs, [items, length].</summary>
    Weights,

    /// <summary>The picture, [items, 3, size, size].</summary>
    Pixels,

    /// <summary>1 where the item has a text, [items].</summary>
    HasText,

    /// <summary>1 where the item has a picture, [items].</summary>
    HasImage,
}
