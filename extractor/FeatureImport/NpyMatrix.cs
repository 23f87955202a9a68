using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>
/// Opens NumPy's .npy files (format versions 1 to 3; numpy/lib/format.py) that hold one matrix of floating-point numbers, in C or Fortran order
/// and of either byte order, and such matrices in .npz archives.
/// </summary>
public static partial class NpyMatrix
{
    private const int PrefixBytes = 12;
    private const int LongestHeader = 1 << 20;

    /// <summary>Bytes that an archive's array may unpack to: three million vectors of 768 single-precision numbers.</summary>
    private const long MostUnpacked = 8L << 30;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Opens a file.</summary>
    /// <exception cref="UserErrorException">The file is missing, damaged, or holds something else.</exception>
    public static IFeatureMatrix Open(string path) => Open(ByteSource.Of(path), path, part: "");

    /// <summary>Opens one array of an archive; the name may be left out where there is one only.</summary>
    /// <exception cref="UserErrorException">The file is missing or damaged, or the array is not there, is no matrix, or is too large to be unpacked.</exception>
    public static IFeatureMatrix OpenArchive(string path, string? array) => OpenArchive(path, array, MostUnpacked);

    /// <inheritdoc cref="OpenArchive(string, string?)"/>
    internal static IFeatureMatrix OpenArchive(string path, string? array, long mostUnpacked)
    {
        using var file = RegularFile.Open(path, "an .npz archive of NumPy");
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            const string ending = ".npy";
            var entries = archive.Entries.Where(e => e.FullName.EndsWith(ending, StringComparison.Ordinal)).ToArray();
            string known = string.Join(", ", entries.Select(e => e.FullName[..^ending.Length]));
            var entry = array is null ? entries.Length == 1 ? entries[0] : null : entries.FirstOrDefault(e => e.FullName == array + ending);
            if (entry is null)
                throw new UserErrorException(array is null ? $"{path} holds {entries.Length} arrays ({known}); name one by --tensor." : $"{path} has no array '{array}'; it has {known}: name another by --tensor.");
            string name = $"{path}, array '{Excerpt.Of(entry.FullName[..^ending.Length])}'";
            if (entry.Length > mostUnpacked)
                throw new UserErrorException($"{name} unpacks to {entry.Length:N0} bytes, but at most {mostUnpacked:N0} are unpacked into the temporary folder; unpack the archive yourself and give the .npy file.");
            return Open(ByteSource.Of(Unpacked(entry), path), name, entries.Length > 1 ? entry.FullName : "");
        }
        catch (InvalidDataException broken)
        {
            throw new UserErrorException($"'{path}' is not a whole .npz archive ({broken.Message.TrimEnd('.')}); write it again with numpy.savez.", broken);
        }
    }

    private static Spool Unpacked(ZipArchiveEntry entry)
    {
        var spool = new Spool();
        try
        {
            ZipEntries.Unpack(entry, spool);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private static RawMatrix Open(ByteSource bytes, string name, string part)
    {
        try
        {
            var (layout, isFortran) = ReadHeader(bytes, name);
            if (bytes.Length - layout.Begin != layout.Bytes)
                throw Wrong(name, $"has {bytes.Length - layout.Begin:N0} bytes of numbers for a shape of {layout.Rows} x {layout.Width}");
            return isFortran ? RawMatrix.FromColumns(bytes, layout, part) : new RawMatrix(bytes, layout) { Part = part };
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static (MatrixLayout Layout, bool IsFortran) ReadHeader(ByteSource file, string name)
    {
        byte[] prefix = new byte[PrefixBytes];
        if (file.Length >= PrefixBytes)
            file.ReadAt(0, prefix);
        if (!prefix.AsSpan(0, 6).SequenceEqual(Magic))
            throw Wrong(name, "does not begin as a .npy file");
        bool wide = prefix[6] >= 2;
        int headerLength = wide ? BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(prefix.AsSpan(8));
        long begin = (wide ? 12L : 10L) + headerLength;
        if (prefix[6] is < 1 or > 3 || headerLength is < 0 or > LongestHeader || begin > file.Length)
            throw Wrong(name, $"has a header of {headerLength} bytes in version {prefix[6]}");
        byte[] bytes = new byte[headerLength];
        file.ReadAt(wide ? 12 : 10, bytes);
        string header = Encoding.UTF8.GetString(bytes);
        var type = DescrPattern().Match(header);
        var element = type.Groups[2].Value switch
        {
            "f2" => MatrixElement.Float16,
            "f4" => MatrixElement.Float32,
            "f8" => MatrixElement.Float64,
            _ => throw Wrong(name, $"holds numbers of type '{type.Groups[1].Value}{type.Groups[2].Value}'"),
        };
        var shape = ShapePattern().Match(header);
        if (!shape.Success
            || !int.TryParse(shape.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            || !int.TryParse(shape.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            || width is < 1 or > MatrixLayout.MostWidth)
        {
            throw Wrong(name, $"has the header {Excerpt.Of(header.Trim())}");
        }

        return (new(begin, rows, width, element, type.Groups[1].Value == ">"), FortranPattern().IsMatch(header));
    }

    private static UserErrorException Wrong(string name, string found) =>
        new($"{name} {found}, but a matrix [rows, width] of float16, float32 or float64 was expected; save it with numpy.save(path, matrix.astype('float32')).");

    [GeneratedRegex(@"'descr':\s*'([<>=|]?)([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex(@"'fortran_order':\s*True")]
    private static partial Regex FortranPattern();

    [GeneratedRegex(@"'shape':\s*\((\d+)L?,\s*(\d+)L?,?\s*\)")]
    private static partial Regex ShapePattern();
}
