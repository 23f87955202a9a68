namespace OpenCvSharp;

/// <summary>An argument that is written and, where its size or type differs, allocated anew; made from a <see cref="Mat"/> where one is passed.</summary>
public class OutputArray
{
    private OutputArray(Mat mat) => Mat = mat;

    internal Mat Mat { get; }

    public static implicit operator OutputArray(Mat mat) => new(mat);
}
