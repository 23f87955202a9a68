namespace UniM2Rec.Models.Packs;

/// <summary>What an encoder looks at; also the name (in lower case) of the modality in the feature store.</summary>
public enum EncoderModality
{
    /// <summary>The item's text.</summary>
    Text,

    /// <summary>The item's picture.</summary>
    Image,

    /// <summary>Text and picture in one graph; it answers when one of them is missing.</summary>
    Cross,
}
