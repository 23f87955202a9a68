using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace UniM2Rec.CommandLine;

/// <summary>What stands in a cell: the text that people read, and the value that <c>--json</c> writes.</summary>
/// <param name="Text">As it is shown.</param>
/// <param name="Value">A number, a text, or null for nothing.</param>
public readonly record struct ResultCell(string Text, JsonValue? Value)
{
    /// <summary>Nothing.</summary>
    public static ResultCell None { get; } = new("-", null);

    /// <summary>A name.</summary>
    public static implicit operator ResultCell(string text) => new(Excerpt.Of(text), JsonValue.Create(text));

    /// <summary>A count: 1,234.</summary>
    public static ResultCell Count(long count) => new(count.ToString("N0", CultureInfo.InvariantCulture), JsonValue.Create(count));

    /// <summary>A figure between 0 and 1 with four decimals: 0.1234.</summary>
    public static ResultCell Figure(double figure) => Decimal(figure, 4);

    /// <summary>How much a figure changed, with its sign: +0.0123.</summary>
    public static ResultCell Change(double change) => Number(change, "+0.0000;-0.0000;0.0000");

    /// <summary>A number with some decimals: 1,234.5.</summary>
    public static ResultCell Decimal(double number, int decimals) => Number(number, $"N{decimals}");

    /// <summary>A share as percent with one decimal: 8.2%.</summary>
    public static ResultCell Percent(double share) => Number(share, "0.0%");

    private static ResultCell Number(double number, string format) =>
        double.IsFinite(number) ? new(number.ToString(format, CultureInfo.InvariantCulture), JsonValue.Create(number)) : None;
}

/// <summary>
/// A table of results, whose rows are never broken: on a terminal it shows the columns that matter as far as they fit, with <c>--wide</c> all of them,
/// in blocks below each other where they don't fit beside each other.
/// </summary>
/// <param name="key">Its name in JSON.</param>
/// <param name="firstColumn">Header of the column that names a row.</param>
public sealed class ResultTable(string key, string firstColumn)
{
    private const string Gap = "  ";
    private readonly List<Column> _columns = [new(firstColumn, firstColumn.Length == 0 ? "name" : firstColumn, IsNumber: false, IsWide: false)];
    private readonly List<ResultCell[]> _rows = [];

    /// <summary>Its name in JSON.</summary>
    public string Key => key;

    /// <summary>Adds a column of texts.</summary>
    /// <param name="name">Its header.</param>
    /// <param name="isWide">Whether it is shown with <c>--wide</c> alone.</param>
    /// <param name="field">Its name in JSON; the header's words as one where it is not given.</param>
    public ResultTable Text(string name, bool isWide = false, string? field = null) => Add(new(name, field ?? FieldOf(name), IsNumber: false, isWide));

    /// <summary>Adds a column of numbers.</summary>
    /// <inheritdoc cref="Text"/>
    public ResultTable Number(string name, bool isWide = false, string? field = null) => Add(new(name, field ?? FieldOf(name), IsNumber: true, isWide));

    /// <summary>Adds a row, a cell a column.</summary>
    /// <exception cref="ArgumentException">There are more cells than columns, or fewer.</exception>
    public void Row(params IEnumerable<ResultCell> cells)
    {
        ResultCell[] row = [.. cells];
        if (row.Length != _columns.Count) throw new ArgumentException($"A row of {row.Length} cells was given to {_columns.Count} columns.", nameof(cells));
        _rows.Add(row);
    }

    /// <summary>The rows as JSON objects.</summary>
    public JsonArray ToJson() => new([.. _rows.Select(row => (JsonNode)new JsonObject(
        _columns.Select((column, i) => KeyValuePair.Create(column.Field, row[i].Value?.DeepClone()))))]);

    /// <summary>The lines of the table.</summary>
    /// <param name="width">Cells of a line, at most.</param>
    /// <param name="wide">Whether every column is shown.</param>
    public IEnumerable<string> Lines(int width, bool wide)
    {
        int most = Math.Max(8, width - Gap.Length - _columns.Skip(1).Select((_, i) => Width(i + 1, int.MaxValue)).DefaultIfEmpty(0).Max());
        var chosen = Enumerable.Range(1, _columns.Count - 1).Where(i => wide || !_columns[i].IsWide).ToList();
        do
        {
            var block = new List<int> { 0 };
            int used = Width(0, most);
            while (chosen.Count > 0 && (block.Count == 1 || used + Gap.Length + Width(chosen[0], width) <= width))
            {
                used += Gap.Length + Width(chosen[0], width);
                block.Add(chosen[0]);
                chosen.RemoveAt(0);
            }

            foreach (string line in Block(block, most, width)) yield return line;
            if (wide && chosen.Count > 0) yield return "";
        }
        while (wide && chosen.Count > 0);
        if (Hidden(chosen.Count, width, wide) is { } hint) yield return hint;
    }

    private string? Hidden(int unfitting, int width, bool wide) =>
        wide || width == int.MaxValue || _columns.Count(c => c.IsWide) + unfitting is not (> 0 and var hidden) ? null : $"({hidden} more {(hidden == 1 ? "column" : "columns")} with --wide)";

    private IEnumerable<string> Block(List<int> block, int mostOfName, int width)
    {
        int[] widths = [.. block.Select(i => Width(i, i == 0 ? mostOfName : width))];
        yield return Line(i => _columns[block[i]].Name);
        yield return string.Join(Gap, widths.Select(w => new string('─', w)));
        foreach (var row in _rows) yield return Line(i => row[block[i]].Text);

        string Line(Func<int, string> text) => string.Join(Gap, widths.Select((w, i) => Padded(text(i), w, _columns[block[i]].IsNumber))).TrimEnd();
    }

    private static string Padded(string text, int width, bool right)
    {
        while (text.GetCellWidth() > width) text = text[..^(text.EndsWith('…') ? 2 : 1)] + '…';
        string padding = new(' ', width - text.GetCellWidth());
        return right ? padding + text : text + padding;
    }

    private int Width(int column, int most) =>
        Math.Min(most, _rows.Select(row => row[column].Text.GetCellWidth()).Append(_columns[column].Name.GetCellWidth()).Max());

    private static string FieldOf(string header)
    {
        string[] words = header.Split(' ');
        return string.Concat(words.Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
    }

    private ResultTable Add(Column column)
    {
        _columns.Add(column);
        return this;
    }

    private sealed record Column(string Name, string Field, bool IsNumber, bool IsWide);
}
