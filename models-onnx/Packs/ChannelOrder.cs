namespace UniM2Rec.Models.Packs;

/// <summary>The order of the three channels of <c>pixel_values</c>.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}
