namespace OpenCvSharp;

public partial class Mat
{
    /// <summary>Rows; 0 where empty.</summary>
    public int Rows => Describe().Rows;

    /// <summary>Columns; 0 where empty.</summary>
    public int Cols => Describe().Cols;

    public int Height => Rows;

    public int Width => Cols;

    /// <summary>Number of dimensions: 2 for an image, 0 for an empty matrix.</summary>
    public int Dims => Describe().Dims;

    /// <summary>Width and height.</summary>
    public Size Size()
    {
        var d = Describe();
        return new Size(d.Cols, d.Rows);
    }

    public bool Empty()
    {
        var d = Describe();
        return d.Total == 0 || d.Data == 0;
    }

    public MatType Type() => Describe().Type;

    public int Depth() => Type().Depth;

    public int Channels() => Type().Channels;

    /// <summary>Bytes an element, all channels.</summary>
    public int ElemSize() => Describe().ElementSize;

    /// <summary>Bytes a channel.</summary>
    public int ElemSize1() => Describe().ChannelSize;

    /// <summary>Elements (not channels) in all.</summary>
    public long Total() => Describe().Total;

    /// <summary>Bytes from a row's start to the next row's start.</summary>
    public long Step() => Describe().Step;

    /// <summary>Whether rows follow each other without a gap.</summary>
    public bool IsContinuous() => Describe().IsContinuous != 0;

    /// <summary>Whether this is a part of a larger matrix.</summary>
    public bool IsSubmatrix() => Describe().IsSubmatrix != 0;

    private MatDescription Describe()
    {
        NativeMethods.Describe(Live, out var description);
        return description;
    }
}
