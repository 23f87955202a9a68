namespace OpenCvSharp;

/// <summary>An element's type: depth (type of a channel) and number of channels, packed as OpenCV packs them.</summary>
public readonly record struct MatType(int value) : IEquatable<int>
{
    /// <summary>Depths: the type of one channel.</summary>
    public const int CV_8U = 0, CV_8S = 1, CV_16U = 2, CV_16S = 3, CV_32S = 4, CV_32F = 5, CV_64F = 6, CV_USRTYPE1 = 7;

    /// <summary>Types of 1 to 4 channels.</summary>
    public static readonly MatType
        CV_8UC1 = CV_8UC(1), CV_8UC2 = CV_8UC(2), CV_8UC3 = CV_8UC(3), CV_8UC4 = CV_8UC(4),
        CV_16UC1 = CV_16UC(1), CV_16UC2 = CV_16UC(2), CV_16UC3 = CV_16UC(3), CV_16UC4 = CV_16UC(4),
        CV_32SC1 = CV_32SC(1), CV_32SC2 = CV_32SC(2), CV_32SC3 = CV_32SC(3), CV_32SC4 = CV_32SC(4),
        CV_32FC1 = CV_32FC(1), CV_32FC2 = CV_32FC(2), CV_32FC3 = CV_32FC(3), CV_32FC4 = CV_32FC(4),
        CV_64FC1 = CV_64FC(1), CV_64FC2 = CV_64FC(2), CV_64FC3 = CV_64FC(3), CV_64FC4 = CV_64FC(4);

    private const int ChannelShift = 3, DepthMask = (1 << ChannelShift) - 1, MaxChannels = 512;

    private readonly int value = value;

    /// <summary>The packed value.</summary>
    public int Value => value;

    /// <summary>The depth, one of the CV_8U ... CV_64F constants.</summary>
    public int Depth => value & DepthMask;

    /// <summary>The number of channels.</summary>
    public int Channels => (value >> ChannelShift) + 1;

    /// <summary>Whether a channel is an integer.</summary>
    public bool IsInteger => Depth < CV_32F;

    public static implicit operator MatType(int value) => new(value);

    public static explicit operator int(MatType self) => self.value;

    public static bool operator ==(MatType self, int other) => self.value == other;

    public static bool operator !=(MatType self, int other) => self.value != other;

    public static MatType CV_8UC(int ch) => MakeType(CV_8U, ch);

    public static MatType CV_16UC(int ch) => MakeType(CV_16U, ch);

    public static MatType CV_32SC(int ch) => MakeType(CV_32S, ch);

    public static MatType CV_32FC(int ch) => MakeType(CV_32F, ch);

    public static MatType CV_64FC(int ch) => MakeType(CV_64F, ch);

    /// <summary>Packs a depth and a number of channels.</summary>
    /// <exception cref="OpenCvSharpException">Either is outside what OpenCV can hold.</exception>
    public static MatType MakeType(int depth, int channels)
    {
        if (channels is <= 0 or >= MaxChannels)
            throw new OpenCvSharpException($"Channels count should be 1..{MaxChannels - 1}");
        if (depth is < 0 or > DepthMask)
            throw new OpenCvSharpException($"Data type depth should be 0..{DepthMask}");
        return depth + ((channels - 1) << ChannelShift);
    }

    public static MatType FromInt32(int value) => new(value);

    public int ToInt32() => value;

    public bool Equals(int other) => value == other;

    public override string ToString()
    {
        string[] depths = ["CV_8U", "CV_8S", "CV_16U", "CV_16S", "CV_32S", "CV_32F", "CV_64F", "CV_USRTYPE1"];
        return Channels <= 4 ? $"{depths[Depth]}C{Channels}" : $"{depths[Depth]}C({Channels})";
    }
}
