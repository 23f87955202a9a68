using System.Buffers;

namespace UniM2Rec.Catalogue;

/// <summary>Fields as RFC 4180 writes them.</summary>
public static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\",\r\n");

    /// <summary>The value, in quotes where it needs them (also for spaces at its ends, which some readers trim).</summary>
    public static string Field(string value) =>
        value.AsSpan().ContainsAny(Special) || value.StartsWith(' ') || value.EndsWith(' ')
            ? $"\"{value.Replace("\"", "\"\"")}\""
            : value;

    /// <summary>Writes one row, ended by a line feed.</summary>
    public static void WriteRow(TextWriter writer, params ReadOnlySpan<string> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                writer.Write(',');
            writer.Write(Field(fields[i]));
        }
        writer.Write('\n');
    }
}
