using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>Takes recommendations, one user after another.</summary>
internal interface IRecommendationWriter : IDisposable
{
    /// <summary>Writes a user's.</summary>
    void Add(Recommendation recommendation);
}

/// <summary>What recommendations are written with, whatever their form.</summary>
/// <param name="Items">Names of the items.</param>
/// <param name="Why">Whether each item says why.</param>
/// <param name="AsIs">Whether ids and titles that a spreadsheet would take for formulas stay as they are.</param>
internal sealed record RecommendationRows(ItemTitles Items, bool Why, bool AsIs)
{
    /// <summary>Ids and titles that were changed, so that no spreadsheet computes them.</summary>
    public int Escaped { get; set; }
}

/// <summary>A form in which recommendations are written; the extension of the file says which.</summary>
/// <param name="Extension">Of the file.</param>
/// <param name="IsOwn">Whether a file that is not empty is of this form.</param>
/// <param name="Open">Begins to write.</param>
internal sealed record RecommendationForm(string Extension, Func<string, bool> IsOwn, Func<Stream, RecommendationRows, IRecommendationWriter> Open)
{
    /// <summary>Columns of tables, of which <see cref="WhyColumn"/> is the last where it is asked for.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["user_id", "rank", "domain", "item_id", "title", "score"];

    /// <summary>Why, as JSON.</summary>
    public const string WhyColumn = "why";

    private static readonly RecommendationForm Csv = new(".csv", file => OutputTarget.BeginsWith(file, string.Join(',', Columns)), (stream, rows) => new CsvRecommendations(stream, rows));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RecommendationForm> All { get; } =
    [
        Csv,
        new(".jsonl", file => OutputTarget.BeginsWith(file, JsonRecommendations.Beginning), (stream, rows) => new JsonRecommendations(stream, rows)),
        new(".parquet", ParquetRecommendations.IsIn, (stream, rows) => new ParquetRecommendations(stream, rows)),
    ];

    /// <summary>The form of a file by its name; devices and pipes have CSV where their names say nothing.</summary>
    /// <exception cref="UserErrorException">The name says none.</exception>
    public static RecommendationForm Of(string path) =>
        All.FirstOrDefault(form => path.EndsWith(form.Extension, StringComparison.OrdinalIgnoreCase))
        ?? (path.Length == 0 || path.Contains('\0') || path.StartsWith("/dev/", StringComparison.Ordinal) || FileKinds.Of(path) is FileKind.Device or FileKind.Pipe ? Csv
            : throw UserErrorException.Usage($"--out is '{Excerpt.Of(path)}', whose name says none of the forms of recommendations; end it with {string.Join(", ", All.Select(form => form.Extension))}"));
}
