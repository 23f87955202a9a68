namespace UniM2Rec.Models.Packs;

/// <summary>How a picture of any shape is brought to the model's square.</summary>
public enum ResizeMode
{
    /// <summary>The shorter side becomes <see cref="ImageSpec.ResizeTo"/> pixels with the proportions kept; then the central square of <see cref="ImageSpec.Size"/> is cut out.</summary>
    ShortestSide,

    /// <summary>Both sides become <see cref="ImageSpec.ResizeTo"/> pixels, whatever the proportions; then the central square of <see cref="ImageSpec.Size"/> is cut out.</summary>
    Stretch,
}
