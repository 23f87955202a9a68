using Parquet;
using Parquet.Schema;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Recommendations as a Parquet file: a row an item, in groups of rows, so that memory does not grow with the users.</summary>
internal sealed class ParquetRecommendations : IRecommendationWriter
{
    private const int GroupRows = 1 << 17;
    private static readonly byte[] Magic = [.. "PAR1"u8];

    private readonly RecommendationRows _rows;
    private readonly DataField[] _fields;
    private readonly ParquetWriter _writer;
    private readonly List<string> _users = [], _domains = [], _items = [], _titles = [], _whys = [];
    private readonly List<int> _ranks = [];
    private readonly List<float> _scores = [];

    public ParquetRecommendations(Stream stream, RecommendationRows rows)
    {
        _rows = rows;
        _fields = [.. RecommendationForm.Columns.Append(RecommendationForm.WhyColumn).SkipLast(rows.Why ? 0 : 1).Select(FieldOf)];
        _writer = Wait(ParquetWriter.CreateAsync(new ParquetSchema(_fields), stream));
    }

    /// <summary>Whether a file holds such a table.</summary>
    public static bool IsIn(string path)
    {
        using var file = File.OpenRead(path);
        byte[] beginning = new byte[Magic.Length];
        if (file.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false) < beginning.Length || !beginning.SequenceEqual(Magic)) return false;
        try
        {
            file.Position = 0;
            return Wait(ParquetReader.ReadSchemaAsync(file)).DataFields.Select(field => field.Name).Take(RecommendationForm.Columns.Count).SequenceEqual(RecommendationForm.Columns);
        }
        catch (Exception damaged) when (damaged is not OutOfMemoryException)
        {
            return false; // whatever it is
        }
    }

    /// <inheritdoc/>
    public void Add(Recommendation recommendation)
    {
        for (int i = 0; i < recommendation.Rows.Length; i++)
        {
            var (domain, id, title) = _rows.Items[recommendation.Rows[i]];
            _users.Add(recommendation.User);
            _ranks.Add(i + 1);
            _domains.Add(domain);
            _items.Add(id);
            _titles.Add(title);
            _scores.Add(recommendation.Scores[i]);
            if (_rows.Why) _whys.Add(JsonRecommendations.Why(recommendation.Why![i], _rows.Items));
        }

        if (_users.Count >= GroupRows) Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_users.Count > 0) Flush();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static DataField FieldOf(string column) => column switch
    {
        "rank" => new DataField<int>(column),
        "score" => new DataField<float>(column),
        _ => new DataField(column, typeof(string), isNullable: false),
    };

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private void Flush()
    {
        using var group = _writer.CreateRowGroup();
        Write(0, _users);
        Wait(group.WriteAsync<int>(_fields[1], _ranks.ToArray()));
        Write(2, _domains);
        Write(3, _items);
        Write(4, _titles);
        Wait(group.WriteAsync<float>(_fields[5], _scores.ToArray()));
        if (_rows.Why) Write(6, _whys);
        group.CompleteValidate();
        _ranks.Clear();
        _scores.Clear();

        void Write(int field, List<string> texts)
        {
            Wait(group.WriteAsync(_fields[field], texts));
            texts.Clear();
        }
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
