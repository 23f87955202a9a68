using System.Runtime.InteropServices;

namespace OpenCvSharp;

/// <summary>native/opencv_glue.cpp's entry points; all but the deletions and the description give 0, or 1 after an error.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "UniM2RecOpenCv";

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_last_error")]
    internal static partial void LastError(out int code, out int line, out byte* function, out byte* message, out byte* file);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_empty")]
    internal static partial int CreateEmptyMat(out MatHandle result);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_create")]
    internal static partial int CreateMat(int rows, int cols, int type, Scalar* fill, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_over")]
    internal static partial int CreateMatOver(int rows, int cols, int type, nint data, long step, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_delete")]
    internal static partial void DeleteMat(nint mat);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_describe")]
    internal static partial void Describe(MatHandle mat, out MatDescription description);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_clone")]
    internal static partial int Clone(MatHandle mat, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_part")]
    internal static partial int Part(MatHandle mat, Rect roi, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_copy")]
    internal static partial int Copy(MatHandle from, MatHandle to, nint mask);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_convert")]
    internal static partial int Convert(MatHandle from, MatHandle to, int type, double alpha, double beta);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_mat_set")]
    internal static partial int Set(MatHandle mat, Scalar value, nint mask);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_decode")]
    internal static partial int Decode(byte* bytes, int count, int flags, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_read", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Read(string path, int flags, out MatHandle result);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_encode", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Encode(
        string extension, MatHandle image, int[] parameters, int count, out nint bytes, out byte* data, out long length, out int done);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_bytes_delete")]
    internal static partial void DeleteBytes(nint bytes);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_write", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Write(string path, MatHandle image, int[] parameters, int count, out int done);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_resize")]
    internal static partial int Resize(MatHandle from, MatHandle to, Size size, double fx, double fy, int interpolation);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_convert_colour")]
    internal static partial int ConvertColour(MatHandle from, MatHandle to, int code, int channels);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_gaussian_blur")]
    internal static partial int GaussianBlur(MatHandle from, MatHandle to, Size kernel, double sigmaX, double sigmaY, int border);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_split")]
    internal static partial int Split(MatHandle from, nint* planes);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_merge")]
    internal static partial int Merge(nint* planes, int count, MatHandle to);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_line")]
    internal static partial int Line(MatHandle image, Point a, Point b, Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_rectangle")]
    internal static partial int Rectangle(MatHandle image, Point a, Point b, Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_rectangle_in")]
    internal static partial int Rectangle(MatHandle image, Rect rectangle, Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_circle")]
    internal static partial int Circle(MatHandle image, Point centre, int radius, Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_ellipse")]
    internal static partial int Ellipse(
        MatHandle image, Point centre, Size axes, double angle, double start, double end, Scalar colour, int thickness, int type, int shift);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_fill_polygons")]
    internal static partial int FillPolygons(
        MatHandle image, Point[] points, int[] counts, int polygons, Scalar colour, int type, int shift, Point offset);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_set_threads")]
    internal static partial int SetThreads(int count);

    [LibraryImport(Library, EntryPoint = "unim2rec_cv_get_threads")]
    internal static partial int GetThreads(out int count);
}
