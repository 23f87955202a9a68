using System.Globalization;
using System.Runtime.InteropServices;
using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>
/// Opens a text file with one vector a line, its numbers apart by commas, semicolons, tabs or spaces. A first line without numbers, or of the
/// column numbers 0, 1, 2, … as pandas writes them, is a header.
/// </summary>
internal sealed class TextMatrix : IFeatureMatrix
{
    private static readonly char[] Separators = ['\t', ';', ',', ' '];
    private readonly RawMatrix _numbers;
    private readonly List<long> _lines;

    private TextMatrix(RawMatrix numbers, List<long> lines) => (_numbers, _lines) = (numbers, lines);

    public string Source => _numbers.Source;

    public int Rows => _numbers.Rows;

    public int Width => _numbers.Width;

    /// <exception cref="UserErrorException">The file is missing, has a field that is no number, or lines of several lengths.</exception>
    public static TextMatrix Open(string path)
    {
        var spool = new Spool();
        try
        {
            var lines = new List<long>();
            char? separator = null;
            float[] vector = [];
            foreach (var (line, text) in SourceLines.Read(path))
            {
                separator ??= Separators.FirstOrDefault(text.Contains, ',');
                string[] fields = text.Trim(' ').Split(separator.Value, separator == ' ' ? StringSplitOptions.RemoveEmptyEntries : StringSplitOptions.None);
                if (lines.Count == 0 && vector.Length == 0)
                {
                    vector = new float[fields.Length];
                    if (IsHeader(path, fields))
                        continue;
                }

                Read(path, line, fields, vector);
                spool.Write(MemoryMarshal.AsBytes<float>(vector));
                lines.Add(line);
            }

            if (lines.Count == 0)
                throw new UserErrorException($"{path} has no rows, but one vector a line was expected; give another file.");
            return new(new RawMatrix(ByteSource.Of(spool, path), new MatrixLayout(0, lines.Count, vector.Length, MatrixElement.Float32)), lines);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    public void ReadRow(int row, Span<float> destination) => _numbers.ReadRow(row, destination);

    public long LineOf(int row) => _lines[row];

    public void Dispose() => _numbers.Dispose();

    private static void Read(string path, long line, string[] fields, float[] vector)
    {
        if (fields.Length != vector.Length)
            throw new UserErrorException($"{path}, line {line} has {fields.Length} fields, but the lines before have {vector.Length}; give one vector a line, all of one width.");
        for (int i = 0; i < fields.Length; i++)
        {
            if (!TryParse(fields[i], out vector[i]))
                throw new UserErrorException($"{path}, line {line}: field {i + 1} is '{Excerpt.Of(fields[i])}', but a number was expected; write the numbers alone, and the item ids into the file that --ids names.");
        }
    }

    private static bool IsHeader(string path, string[] fields)
    {
        if (fields.Length > 1 && fields[0].Trim().Trim('"').Length == 0)
            throw new UserErrorException($"{path} has an index as its first column, which is no part of a vector; write the file without it (pandas: index=False).");
        return fields.All(field => !TryParse(field, out _))
            || (fields.Length > 1 && fields.Index().All(f => f.Item.Trim() == f.Index.ToString(CultureInfo.InvariantCulture)));
    }

    private static bool TryParse(string field, out float number)
    {
        string text = field.Trim().Trim('"');
        // As Python writes what .NET calls Infinity.
        if (text.TrimStart('+', '-').Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            number = float.PositiveInfinity;
            return true;
        }

        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
