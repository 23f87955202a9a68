using System.Text.Json.Serialization;

namespace UniM2Rec.Models.Encoders;

/// <summary>The <c>image</c> part of encoder.json: from a decoded picture to <c>pixel_values</c> [items, 3, size, size], value = (byte · rescale − mean) / std.</summary>
public sealed record ImageSpec
{
    /// <summary>Side of the square that the model sees, in pixels.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Side to resize to before the central square is cut out, in pixels; 0 = <see cref="Size"/>.</summary>
    public int ResizeTo { get; init; }

    /// <summary>How the picture is resized.</summary>
    public ResizeMode ResizeMode { get; init; } = ResizeMode.ShortestSide;

    /// <summary>The filter of the resize.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Factor from a byte to the scale of <see cref="Mean"/> and <see cref="Std"/>.</summary>
    public double Rescale { get; init; } = 1.0 / 255;

    /// <summary>Subtracted from each channel, in the order of <see cref="Channels"/>.</summary>
    public float[] Mean { get; init; } = [0f, 0f, 0f];

    /// <summary>Each channel is divided by this, in the order of <see cref="Channels"/>.</summary>
    public float[] Std { get; init; } = [1f, 1f, 1f];

    /// <summary>The order of the channels.</summary>
    public ChannelOrder Channels { get; init; } = ChannelOrder.Rgb;

    /// <summary>Red, green and blue, 0 to 255, of what is behind transparent pixels; null = white.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[]? Background { get; init; }

    /// <summary><see cref="Background"/> with the default filled in.</summary>
    public IReadOnlyList<int> EffectiveBackground() => Background ?? [255, 255, 255];

    /// <summary>The side to resize to with the default filled in, in pixels.</summary>
    public int EffectiveResizeTo() => ResizeTo == 0 ? Size : ResizeTo;
}

/// <summary>How a picture of any shape is brought to the model's square.</summary>
public enum ResizeMode
{
    /// <summary>The shorter side becomes <see cref="ImageSpec.ResizeTo"/> pixels with the proportions kept; then the central square of <see cref="ImageSpec.Size"/> is cut out.</summary>
    ShortestSide,

    /// <summary>Both sides become <see cref="ImageSpec.ResizeTo"/> pixels, whatever the proportions; then the central square of <see cref="ImageSpec.Size"/> is cut out.</summary>
    Stretch,
}

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

/// <summary>The order of the three channels of <c>pixel_values</c>.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}
