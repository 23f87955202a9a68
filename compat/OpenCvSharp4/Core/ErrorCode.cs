namespace OpenCvSharp;

/// <summary>OpenCV's own error numbers; those that its decoding, resizing and drawing can give.</summary>
public enum ErrorCode
{
    StsOk = 0,
    StsError = -2,
    StsInternal = -3,
    StsNoMem = -4,
    StsBadArg = -5,
    StsNullPtr = -27,
    StsBadSize = -201,
    StsOutOfRange = -211,
    StsParseError = -212,
    StsNotImplemented = -213,
    StsAssert = -215,
}
