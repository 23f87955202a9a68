using System.Buffers;

namespace UniM2Rec.Catalogue;

/// <summary>Fields as RFC 4180 writes them.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\",\r\n");

    /// <summary>The value, in quotes where it needs them (also for spaces at its ends, which some readers trim).</summary>
    public static string Field(string value) =>
        value.AsSpan().ContainsAny(Special) || value.StartsWith(' ') || value.EndsWith(' ')
            ? $"\"{value.Replace("\"", "\"\"")}\""
            : value;
}
