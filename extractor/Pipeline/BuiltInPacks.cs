namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Names of the encoders that are made where they are missing.</summary>
public static class BuiltInPacks
{
    /// <summary>Words and word pairs, fitted on the catalogue.</summary>
    public const string FittedText = "text-svd";

    /// <summary>The leading directions of the fitted text beside the image statistics.</summary>
    public const string FittedCross = "cross-svd";

    /// <summary>Colour, edge and texture statistics.</summary>
    public const string Image = "image-stats";

    /// <summary>Text and picture fused.</summary>
    public const string Cross = "cross-fusion";
}
