namespace UniM2Rec.Models.Packs;

/// <summary>The filter of a resize. As in Pillow, the filter widens when a picture shrinks, so that nothing aliases.</summary>
public enum Interpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>Triangle filter.</summary>
    Bilinear,

    /// <summary>Cubic filter, a = −0.5.</summary>
    Bicubic,

    /// <summary>The mean over the area that a pixel covers: the cheapest good filter for shrinking.</summary>
    Area,
}
