namespace OpenCvSharp;

/// <summary>An argument that is read; made from a <see cref="Mat"/> where one is passed.</summary>
public class InputArray
{
    private InputArray(Mat mat) => Mat = mat;

    internal Mat Mat { get; }

    public static implicit operator InputArray(Mat mat) => new(mat);
}
