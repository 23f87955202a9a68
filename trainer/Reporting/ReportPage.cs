namespace UniM2Rec.Trainer.Reporting;

/// <summary>What a report says, for <c>report.liquid</c> to lay out.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Sections">Its parts, in order.</param>
internal sealed record ReportPage(string Title, IReadOnlyList<ReportSection> Sections);

/// <summary>A part of a report.</summary>
/// <param name="Id">Its anchor.</param>
/// <param name="Heading">What it is about.</param>
internal sealed record ReportSection(string Id, string Heading)
{
    /// <summary>Sentences above what it shows.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Which colour is whose in its charts.</summary>
    public IReadOnlyList<ReportKey> Keys { get; init; } = [];

    /// <summary>Its charts.</summary>
    public IReadOnlyList<ReportChart> Charts { get; init; } = [];

    /// <summary>Its tables.</summary>
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];

    /// <summary>Users with what they did and what is recommended to them.</summary>
    public IReadOnlyList<SampleUser> Users { get; init; } = [];
}

/// <summary>A colour's meaning.</summary>
/// <param name="Number">Of the colour.</param>
/// <param name="Name">Whose it is.</param>
internal sealed record ReportKey(int Number, string Name);

/// <summary>A chart.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Svg">The chart.</param>
internal sealed record ReportChart(string Caption, string Svg);

/// <summary>A table.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">Headers; the first is that of the rows' names.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<ReportRow> Rows)
{
    /// <summary>Whether it is opened on demand, as what it holds stands in a chart.</summary>
    public bool Folded { get; init; }

    /// <summary>Whether its cells are words, which break between lines.</summary>
    public bool IsText { get; init; }
}

/// <summary>A row.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Cells">A cell for each further column.</param>
internal sealed record ReportRow(string Name, IReadOnlyList<ReportCell> Cells);

/// <summary>A cell.</summary>
/// <param name="Text">What stands in it.</param>
/// <param name="Best">Whether it is the best of its column.</param>
/// <param name="Detail">What stands below it in small letters; null for nothing.</param>
internal sealed record ReportCell(string Text, bool Best = false, string? Detail = null);

/// <summary>A user.</summary>
/// <param name="Name">The user's id.</param>
/// <param name="History">What the user did, the last event last.</param>
/// <param name="Recommended">The best items.</param>
internal sealed record SampleUser(string Name, IReadOnlyList<ShownItem> History, IReadOnlyList<ShownItem> Recommended);

/// <summary>An item.</summary>
/// <param name="Title">Its title or id.</param>
/// <param name="Detail">Its domain and category.</param>
/// <param name="Picture">Its picture as a data address; null where it has none that can be shown.</param>
internal sealed record ShownItem(string Title, string Detail, string? Picture)
{
    /// <summary>Why it is recommended, a reason each.</summary>
    public IReadOnlyList<string> Why { get; init; } = [];
}
