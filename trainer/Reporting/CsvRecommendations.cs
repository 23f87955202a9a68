using System.Globalization;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Recommendations as a table for people and spreadsheets: a row an item.</summary>
internal sealed class CsvRecommendations : IRecommendationWriter
{
    private readonly StreamWriter _writer;
    private readonly RecommendationRows _rows;
    private readonly Dictionary<int, string> _items = []; // the same items come over and over

    public CsvRecommendations(Stream stream, RecommendationRows rows)
    {
        (_writer, _rows) = (new StreamWriter(stream, bufferSize: 1 << 16, leaveOpen: true), rows);
        CsvText.WriteRow(_writer, [.. RecommendationForm.Columns, .. rows.Why ? [RecommendationForm.WhyColumn] : Array.Empty<string>()]);
    }

    /// <inheritdoc/>
    public void Add(Recommendation recommendation)
    {
        string user = CsvText.Field(Safe(recommendation.User));
        for (int i = 0; i < recommendation.Rows.Length; i++)
        {
            _writer.Write(user);
            _writer.Write(string.Create(CultureInfo.InvariantCulture, $",{i + 1},{Item(recommendation.Rows[i])},{recommendation.Scores[i]:G6}"));
            if (_rows.Why)
            {
                _writer.Write(',');
                _writer.Write(CsvText.Field(JsonRecommendations.Why(recommendation.Why![i], _rows.Items)));
            }

            _writer.Write('\n');
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>Domain, id and title as fields.</summary>
    private string Item(int row)
    {
        var (domain, id, title) = _rows.Items[row];
        int before = _rows.Escaped;
        if (_items.TryGetValue(row, out string? known)) return known;
        string fields = $"{CsvText.Field(Safe(domain))},{CsvText.Field(Safe(id))},{CsvText.Field(Safe(title))}";
        if (_rows.Escaped == before) _items.Add(row, fields); // those that were changed are counted each time
        return fields;
    }

    private string Safe(string text)
    {
        string safe = _rows.AsIs ? text : CsvText.WithoutFormula(text);
        if (safe.Length != text.Length) _rows.Escaped++;
        return safe;
    }
}
