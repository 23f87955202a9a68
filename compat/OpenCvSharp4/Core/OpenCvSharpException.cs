namespace OpenCvSharp;

/// <summary>An error found before OpenCV was called.</summary>
public class OpenCvSharpException : Exception
{
    public OpenCvSharpException()
    {
    }

    public OpenCvSharpException(string message)
        : base(message)
    {
    }

    public OpenCvSharpException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
