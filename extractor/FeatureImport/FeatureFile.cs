namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Opens a file of vectors by its ending.</summary>
internal static class FeatureFile
{
    /// <summary>What can be read, for messages.</summary>
    public const string Forms = ".npy, .npz, .safetensors, .csv, .tsv or .txt file, or one of bare numbers with --width";

    /// <summary>Endings of containers and archives whose bytes would pass for numbers.</summary>
    private static readonly string[] Foreign =
        [".pt", ".pth", ".pkl", ".pickle", ".joblib", ".h5", ".hdf5", ".parquet", ".feather", ".arrow", ".mat", ".zip", ".tar", ".gz", ".bz2", ".xz", ".zst", ".7z", ".json", ".jsonl", ".xlsx", ".onnx", ".db"];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="array">Name of the matrix in a .safetensors or .npz file, or null.</param>
    /// <param name="rows">Rows that a file of bare numbers must have.</param>
    /// <param name="width">Numbers a row in such a file.</param>
    /// <param name="element">Type of the numbers in such a file.</param>
    /// <exception cref="UserErrorException">The file is missing, damaged or of a form that is not read, or what only its user knows is not said.</exception>
    public static IFeatureMatrix Open(string path, string? array, int rows, int? width, MatrixElement element)
    {
        string ending = Path.GetExtension(path).ToLowerInvariant();
        var matrix = OpenContainer(path, ending, array);
        if (matrix is not null)
        {
            if (width is null || width == matrix.Width)
                return matrix;
            int found = matrix.Width;
            matrix.Dispose();
            throw new UserErrorException($"{path} has {found} numbers a row, but --width is {width}; leave it out, for the file says its width.");
        }

        if (Foreign.Contains(ending))
            throw new UserErrorException($"'{path}' is a {ending} file, but a {Forms} was expected; write the vectors with numpy.save first.");
        if (Beginning(path) is { } known)
            throw new UserErrorException($"'{path}' begins as {known} does, but a file of this name was expected to hold bare numbers; give it its ending back.");
        if (width is null)
            throw new UserErrorException($"'{path}' has no header that says how its numbers lie; give their count a row by --width, and their type by --dtype where it is not float32.");
        return RawMatrix.OpenHeaderless(path, rows, width, element);
    }

    private static IFeatureMatrix? OpenContainer(string path, string ending, string? array) => ending switch
    {
        ".npy" => NpyMatrix.Open(path),
        ".npz" => NpyMatrix.OpenArchive(path, array),
        ".safetensors" => SafeTensorsMatrix.Open(path, array),
        ".csv" or ".tsv" or ".txt" => TextMatrix.Open(path),
        _ => null,
    };

    private static string? Beginning(string path)
    {
        Span<byte> first = stackalloc byte[8];
        using var file = RegularFile.Open(path, $"a {Forms}");
        int read = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        return first[..read] switch
        {
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "a .npy file",
            [(byte)'P', (byte)'K', 3, 4, ..] => "a .npz or .zip file",
            [0x1F, 0x8B, ..] => "a .gz file",
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "an HDF5 file",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "a Parquet file",
            [0x80, >= 2 and <= 5, ..] => "a Python pickle",
            [_, _, _, 0, 0, 0, 0, 0] when read == 8 && file.ReadByte() == '{' => "a .safetensors file",
            _ => null,
        };
    }
}
