using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Opens NumPy's .npy files (format versions 1 to 3; numpy/lib/format.py) that hold one C-ordered matrix of floating-point numbers.</summary>
public static partial class NpyMatrix
{
    private const int PrefixBytes = 12;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Opens a file.</summary>
    /// <exception cref="UserErrorException">The file is missing, damaged, or holds something else.</exception>
    public static IFeatureMatrix Open(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"feature file '{path}' does not exist; give a .npy file.");
        var file = File.OpenHandle(path);
        try
        {
            long length = RandomAccess.GetLength(file);
            byte[] prefix = new byte[PrefixBytes];
            if (RandomAccess.Read(file, prefix, 0) < PrefixBytes || !prefix.AsSpan(0, 6).SequenceEqual(Magic))
                throw Wrong(path, "does not begin as a .npy file");
            bool wide = prefix[6] >= 2;
            int headerLength = wide ? BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(prefix.AsSpan(8));
            long begin = (wide ? 12L : 10L) + headerLength;
            if (prefix[6] is < 1 or > 3 || headerLength < 0 || begin > length)
                throw Wrong(path, $"has a header of {headerLength} bytes in version {prefix[6]}");
            byte[] bytes = new byte[headerLength];
            RandomAccess.Read(file, bytes, wide ? 12 : 10);
            string header = Encoding.UTF8.GetString(bytes);
            var element = DescrPattern().Match(header).Groups[1].Value switch
            {
                "<f2" => MatrixElement.Float16,
                "<f4" => MatrixElement.Float32,
                "<f8" => MatrixElement.Float64,
                var other => throw Wrong(path, $"holds numbers of type '{other}'"),
            };
            var shape = ShapePattern().Match(header);
            if (!shape.Success || header.Contains("'fortran_order': True", StringComparison.Ordinal)
                || !int.TryParse(shape.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
                || !int.TryParse(shape.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int width)
                || width < 1)
            {
                throw Wrong(path, $"has the header {header.Trim()}");
            }

            if (length - begin != (long)rows * width * RawMatrix.SizeOf(element))
                throw Wrong(path, $"has {length - begin:N0} bytes of numbers for a shape of {rows} x {width}");
            return new RawMatrix(file, path, begin, rows, width, element);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static UserErrorException Wrong(string path, string found) =>
        new($"{path} {found}, but a C-ordered matrix [rows, width] of float16, float32 or float64 was expected; save it with numpy.save(path, matrix).");

    [GeneratedRegex("'descr':\\s*'([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex("'shape':\\s*\\((\\d+),\\s*(\\d+)\\)")]
    private static partial Regex ShapePattern();
}
