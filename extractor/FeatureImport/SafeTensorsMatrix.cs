namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>One floating-point matrix of a safetensors file.</summary>
public sealed class SafeTensorsMatrix : IFeatureMatrix
{
    private readonly SafeTensorsFile _file;
    private readonly string _tensor;

    private SafeTensorsMatrix(SafeTensorsFile file, SafeTensorEntry entry, bool isOnly)
    {
        Part = isOnly ? "" : entry.Name;
        _file = file;
        _tensor = entry.Name;
        Rows = (int)entry.Shape[0];
        Width = (int)entry.Shape[1];
    }

    /// <inheritdoc/>
    public string Source => _file.Path;

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public string Part { get; }

    /// <summary>Opens a tensor; the name may be left out where the file has one matrix only.</summary>
    /// <exception cref="UserErrorException">The file is malformed, or the tensor is not there or is no matrix.</exception>
    public static SafeTensorsMatrix Open(string path, string? tensor)
    {
        var file = SafeTensorsFile.Open(path);
        try
        {
            var matrices = file.Entries.Where(e => e.Shape.Count == 2 && e.Shape[0] <= int.MaxValue && e.Shape[1] is > 0 and <= MatrixLayout.MostWidth && IsFloat(e.Type)).ToArray();
            if (tensor is null && matrices.Length != 1)
                throw new UserErrorException($"{path} holds {matrices.Length} matrices ({string.Join(", ", file.Names)}); name one by --tensor.");
            var entry = tensor is null ? matrices[0] : file.Entry(tensor);
            if (!matrices.Contains(entry))
                throw new UserErrorException($"{path}: tensor '{entry.Name}' is {entry.Type} [{string.Join(", ", entry.Shape)}], but a matrix of floating-point numbers was expected; name another by --tensor.");
            return new(file, entry, matrices.Length == 1);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void ReadRow(int row, Span<float> destination) => _file.CopyTo(_tensor, (long)row * Width, destination);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static bool IsFloat(SafeTensorType type) => type is SafeTensorType.F16 or SafeTensorType.BF16 or SafeTensorType.F32 or SafeTensorType.F64;
}
