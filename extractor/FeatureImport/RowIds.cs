using UniM2Rec.Diagnostics;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Which item each row of a matrix belongs to: a text file with one item id a line, or domain, tab and item id.</summary>
public static class RowIds
{
    /// <summary>Finds the store row of every line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="matrixRows">Lines that it must have.</param>
    /// <param name="items">The catalogue's items.</param>
    /// <param name="domain">Domain of lines that name none; null = the only domain.</param>
    /// <param name="ignoreUnknown">Pass over ids that the catalogue does not have.</param>
    /// <returns>A source for each store row.</returns>
    /// <exception cref="UserErrorException">Another number of lines, or an id that is unknown or occurs twice.</exception>
    public static RowSource[] Read(string path, int matrixRows, ItemLookup items, string? domain, bool ignoreUnknown)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"'{path}' does not exist; give a text file with the item id of each row, one a line.");
        var lines = File.ReadAllLines(path);
        if (lines.Length != matrixRows)
            throw new UserErrorException($"{path} has {lines.Length:N0} lines, but the features have {matrixRows:N0} rows; give one item id for each row.");
        var sources = new RowSource[items.Count];
        Array.Fill(sources, RowSource.None);
        for (var i = 0; i < lines.Length; i++)
        {
            var tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            var (named, id) = tab < 0 ? (domain, lines[i]) : (lines[i][..tab], lines[i][(tab + 1)..]);
            var row = items.Find(named ?? items.OnlyDomain(path), id);
            if (row < 0 && ignoreUnknown)
                continue;
            if (row < 0)
                throw new UserErrorException($"{path}, line {i + 1}: the catalogue has no item '{id}'{(named is null ? "" : $" in domain '{named}'")}; correct the id, name the --domain, or use --ignore-unknown.");
            if (sources[row].Matrix >= 0)
                throw new UserErrorException($"{path}, line {i + 1}: item '{id}' has a row already (line {sources[row].Row + 1}); give each item one row.");
            sources[row] = new(0, i);
        }

        return sources;
    }
}
