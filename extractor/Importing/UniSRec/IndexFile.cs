using System.Globalization;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing.UniSRec;

/// <summary>Reads <c>.item2index</c> and <c>.user2index</c>: an id and its index, separated by a tab, no header.</summary>
public static class IndexFile
{
    /// <summary>Ids by index; the indices must be 0, 1, 2, ... without a gap, in any order.</summary>
    /// <exception cref="UserErrorException">A line does not have the form, or an index or id occurs twice or is left out.</exception>
    public static string[] Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var count = lines.Length;
        while (count > 0 && lines[count - 1].Length == 0)
            count--;
        var ids = new string?[count];
        var seen = new HashSet<string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (tab <= 0 || !int.TryParse(lines[i].AsSpan(tab + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                throw new UserErrorException($"{path}, line {i + 1} is '{lines[i]}', but an id, a tab and an index were expected; repair or fetch the file again.");
            if (index >= count)
                throw new UserErrorException($"{path}, line {i + 1} has index {index}, but the file's {count} lines allow 0 to {count - 1} only; repair or fetch the file again.");
            if (ids[index] is not null || !seen.Add(lines[i][..tab]))
                throw new UserErrorException($"{path}, line {i + 1} repeats the index or the id of an earlier line ('{lines[i]}'); repair or fetch the file again.");
            ids[index] = lines[i][..tab];
        }

        return ids!;
    }
}
