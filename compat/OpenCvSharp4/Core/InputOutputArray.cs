namespace OpenCvSharp;

/// <summary>An argument that is drawn into; made from a <see cref="Mat"/> where one is passed.</summary>
public class InputOutputArray
{
    private InputOutputArray(Mat mat) => Mat = mat;

    internal Mat Mat { get; }

    public static implicit operator InputOutputArray(Mat mat) => new(mat);
}
